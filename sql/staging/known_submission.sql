-- Why: all that had been received by the instant, as far as this database knew at `known_at`; everything else rests
--      on these rows.
-- grain: one submission that names its unit, form and period
-- keys: submission_id
-- clause: DESIGN, decisions 3 and 4
-- reads: submission, assessment, acceptance, param
with bound as (
    select programme, as_of, known_at from param
),

received as (
    select
        submission.submission_id, submission.unit, submission.form, submission.period, submission.received_at,
        submission.is_nil
    from submission
    join bound using (programme)
    where submission.received_at <= bound.as_of
        and submission.recorded_at <= bound.known_at
        and submission.unit is not null
        and submission.form is not null
        and submission.period is not null
),

-- The first assessment speaks for the receipt, whenever it was made; a later one from its own instant on.
first_assessment as (
    select distinct on (submission_id) submission_id, assessment_id, assessed_at
    from assessment
    order by submission_id, assessment_id
),

latest_assessment as (
    select distinct on (assessment.submission_id)
        assessment.submission_id, assessment.assessment_id, assessment.status
    from assessment
    left join first_assessment on first_assessment.assessment_id = assessment.assessment_id
    cross join bound
    where assessment.recorded_at <= bound.known_at
        and (first_assessment.assessment_id is not null or assessment.assessed_at <= bound.as_of)
    order by assessment.submission_id, assessment.assessment_id desc
),

latest_acceptance as (
    select distinct on (acceptance.submission_id)
        acceptance.submission_id, acceptance.acceptance_id, acceptance.effective_at
    from acceptance
    join bound using (programme)
    where acceptance.effective_at <= bound.as_of
        and acceptance.recorded_at <= bound.known_at
    order by acceptance.submission_id, acceptance.effective_at desc, acceptance.acceptance_id desc
)

select
    received.submission_id,
    received.unit,
    received.form,
    received.period,
    received.received_at,
    received.is_nil,
    latest_assessment.assessment_id,
    latest_assessment.status,
    first_assessment.assessed_at as first_assessed_at,
    latest_acceptance.acceptance_id,
    latest_acceptance.effective_at
from received
join latest_assessment using (submission_id)
join first_assessment using (submission_id)
left join latest_acceptance using (submission_id)
