-- Why: what became of candidates in the returns of the window: shortlisted, on public notice, granted, revoked.
-- grain: one candidate and step, as each return tells it; and one row of zero for each level and step
-- keys: labels, row_id
-- clause: 五（三）: 评审、公示、表彰
-- reads: result_row, ref_level, ref_result, param
with scope as (
    select
        ref_level.level, ref_result.code as step,
        jsonb_build_object('level', ref_level.level, 'step', ref_result.code) as labels
    from ref_level
    cross join ref_result
),

steps as (
    select
        result_row.row_id, result_row.level, result_row.result, result_row.candidate_no,
        row_number() over (
            partition by result_row.unit, result_row.level, result_row.candidate_no, result_row.result
            order by result_row.period_starts_on desc, result_row.row_id desc
        ) as age_rank
    from result_row
    cross join param
    where result_row.period_starts_on between param.window_starts_on and param.window_ends_on
)

select
    labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select
    scope.labels, 1::numeric, steps.age_rank = 1, case when steps.age_rank > 1 then 'updated_later' end,
    'selection_result', steps.row_id, steps.candidate_no
from steps
join scope on scope.level = steps.level and scope.step = steps.result
