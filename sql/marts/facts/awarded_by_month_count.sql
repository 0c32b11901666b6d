-- Why: the titles of the window by the month of their award.
-- grain: one title of the window; and one row of zero for each level and month of the window
-- keys: labels, row_id
-- clause: 六（三）
-- reads: award, ref_level, param
with months as (
    select to_char(month, 'YYYY-MM') as month
    from param
    cross join generate_series(window_starts_on::timestamp, window_ends_on::timestamp, interval '1 month') as month
),

titles as (
    select row_id, level, candidate_no, awarded_on, is_counted, reason from award where is_in_window
)

select
    jsonb_build_object('level', ref_level.level, 'month', months.month) as labels, 0::numeric as contribution,
    true as is_counted, null::text as reason, null::text as form, null::bigint as row_id, null::text as subject
from ref_level
cross join months
union all
select
    jsonb_build_object('level', level, 'month', to_char(awarded_on, 'YYYY-MM')), 1::numeric, is_counted, reason,
    'selection_result', row_id, candidate_no
from titles
