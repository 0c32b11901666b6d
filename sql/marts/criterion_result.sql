-- Why: the verdict of each criterion on each candidate, with what was measured and how far it is from the threshold.
-- grain: one candidate of the span against one criterion of its level
-- keys: row_id, criterion
-- clause: 附件1; DOMAIN §1: pass, fail, needs_review, not_provided, waived. Levels are judged each by itself
-- reads: criterion_input, number_verdict, age_verdict, stated_verdict, waived, ref_criterion
with inputs as (
    select row_id, unit, level, candidate_no, criterion, value, threshold_number, threshold_text from criterion_input
),

verdicts as (
    select row_id, criterion, verdict, reason, margin from number_verdict
    union all
    select row_id, criterion, verdict, reason, margin from age_verdict
    union all
    select row_id, criterion, verdict, reason, margin from stated_verdict
)

select
    inputs.row_id,
    inputs.unit,
    inputs.level,
    inputs.candidate_no,
    inputs.criterion,
    case when waived.criterion is null then verdicts.verdict else 'waived' end as verdict,
    case when waived.criterion is null then verdicts.reason else 'waived' end as reason,
    inputs.value as measured,
    coalesce(inputs.threshold_number::text, inputs.threshold_text) as threshold,
    verdicts.margin,
    ref_criterion.margin_unit
from inputs
join verdicts using (row_id, criterion)
join ref_criterion using (level, criterion)
left join waived using (unit, level, candidate_no, criterion)
