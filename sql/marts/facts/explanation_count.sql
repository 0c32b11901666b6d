-- Why: the written explanations of the period's queries by what was decided on each, in all and by rule.
-- grain: one explanation of one file of the period, in one slice; and one row of zero for each decision
-- keys: labels, row_id
-- clause: DESIGN, decision 3
-- reads: known_explanation, checked_file, ref_decision
with given as (
    select
        known_explanation.submission_id, known_explanation.code as rule,
        coalesce(known_explanation.decision, 'waiting') as decision
    from known_explanation
    join checked_file using (submission_id)
    where checked_file.is_current
)

select
    jsonb_build_object('decision', code) as labels, 0::numeric as contribution, true as is_counted,
    null::text as reason, null::text as form, null::bigint as row_id, null::text as subject
from ref_decision
union all
select slice.labels, 1::numeric, true, null, 'submission', given.submission_id, given.rule
from given
cross join lateral (
    values
        (jsonb_build_object('decision', given.decision)),
        (jsonb_build_object('decision', given.decision, 'rule', given.rule))
) as slice (labels)
