-- Why: the files received for the report's period and those of its trend, with what each was told first: a check made
--      later, under other rules, does not make a file better or worse than its office was told.
-- grain: one submission that names its unit, form and period
-- keys: submission_id
-- clause: DOMAIN §6: 一次通过率
-- reads: known_submission, assessment, ref_trend_period
with first_check as (
    select submission_id, min(assessment_id) as assessment_id
    from assessment
    group by submission_id
)

select
    ref_trend_period.trend,
    ref_trend_period.is_current,
    known_submission.submission_id,
    known_submission.unit,
    known_submission.form,
    known_submission.period,
    known_submission.received_at,
    known_submission.acceptance_id,
    known_submission.assessment_id,
    assessment.status as first_status
from known_submission
join ref_trend_period using (period)
join first_check using (submission_id)
join assessment on assessment.assessment_id = first_check.assessment_id
