-- Why: how many candidates each criterion passes, fails or leaves open; all five verdicts, zeros too.
-- grain: one candidate against one criterion; and one row of zero for each criterion and verdict
-- keys: labels, row_id
-- clause: 附件1; DOMAIN §1, the five verdicts
-- as: view (read once)
-- reads: criterion_result, ref_criterion, ref_verdict
with scope as (
    select
        ref_criterion.level, ref_criterion.criterion, ref_criterion.roster, ref_verdict.code as verdict,
        jsonb_build_object(
            'criterion', ref_criterion.criterion, 'level', ref_criterion.level, 'verdict', ref_verdict.code
        ) as labels
    from ref_criterion
    cross join ref_verdict
),

results as (
    select row_id, level, candidate_no, criterion, verdict, reason from criterion_result
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select scope.labels, 1::numeric, true, results.reason, scope.roster, results.row_id, results.candidate_no
from results
join scope using (level, criterion, verdict)
