-- Why: the titles granted since the programme began, as they had added up by the end of each month of the window.
-- grain: one title in each month of the window from its award on; and one row of zero for each level and month
-- keys: labels, row_id
-- clause: 附件2, 附件3
-- reads: award, ref_level, param
with months as (
    select to_char(month, 'YYYY-MM') as month, least((month + interval '1 month - 1 day')::date, window_ends_on) as ends_on
    from param
    cross join generate_series(
        date_trunc('month', window_starts_on::timestamp), window_ends_on::timestamp, interval '1 month'
    ) as month
),

titles as (
    select row_id, level, candidate_no, awarded_on, is_counted, reason from award
)

select
    jsonb_build_object('level', ref_level.level, 'month', months.month) as labels, 0::numeric as contribution,
    true as is_counted, null::text as reason, null::text as form, null::bigint as row_id, null::text as subject
from ref_level
cross join months
union all
select
    jsonb_build_object('level', titles.level, 'month', months.month), 1::numeric, titles.is_counted, titles.reason,
    'selection_result', titles.row_id, titles.candidate_no
from titles
join months on titles.awarded_on <= months.ends_on
