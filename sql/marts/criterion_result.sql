-- Why: the verdict of each criterion on each candidate, with what was measured and how far it is from the threshold.
-- grain: one candidate of the span against one criterion of its level
-- keys: row_id, criterion
-- clause: 附件1; DOMAIN §1: pass, fail, needs_review, not_provided, waived. Levels are judged each by itself
-- as: view (counted once, and then asked for single candidates or criteria)
-- reads: number_verdict, age_verdict, stated_verdict
with verdicts as (
    select
        row_id, unit, level, candidate_no, waived, criterion, verdict, reason, measured, threshold, margin, margin_unit
    from number_verdict
    union all
    select
        row_id, unit, level, candidate_no, waived, criterion, verdict, reason, measured, threshold, margin, margin_unit
    from age_verdict
    union all
    select
        row_id, unit, level, candidate_no, waived, criterion, verdict, reason, measured, threshold, margin, margin_unit
    from stated_verdict
)

select
    verdicts.row_id,
    verdicts.unit,
    verdicts.level,
    verdicts.candidate_no,
    verdicts.criterion,
    case when verdicts.criterion = any (verdicts.waived) then 'waived' else verdicts.verdict end as verdict,
    case when verdicts.criterion = any (verdicts.waived) then 'waived' else verdicts.reason end as reason,
    verdicts.measured,
    verdicts.threshold,
    verdicts.margin,
    verdicts.margin_unit
from verdicts
