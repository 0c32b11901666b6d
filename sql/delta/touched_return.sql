-- Why: the returns of which something was learnt, or came to count, between the kept figures and the question; every
--      other return stands in both as it stood.
-- grain: one unit, form and period
-- keys: unit, form, period
-- clause: DESIGN, decision 5: cost follows the change
-- reads: submission, assessment, acceptance, ref_since, param
with bound as (
    select
        param.programme,
        least(ref_since.as_of, param.as_of) as counts_after,
        greatest(ref_since.as_of, param.as_of) as counts_until,
        least(ref_since.known_at, param.known_at) as known_after,
        greatest(ref_since.known_at, param.known_at) as known_until
    from param
    cross join ref_since
),

-- A submission counts from its first assessment on; a later one moves no row.
first_known as (
    select assessment.submission_id
    from assessment
    cross join bound
    where assessment.recorded_at > bound.known_after and assessment.recorded_at <= bound.known_until
)

select submission.unit, submission.form, submission.period
from submission
join bound using (programme)
where submission.unit is not null and submission.form is not null and submission.period is not null
    and (
        (submission.recorded_at > bound.known_after and submission.recorded_at <= bound.known_until)
        or (submission.received_at > bound.counts_after and submission.received_at <= bound.counts_until)
        or submission.submission_id in (select submission_id from first_known)
    )
union
select acceptance.unit, acceptance.form, acceptance.period
from acceptance
join bound using (programme)
where (acceptance.recorded_at > bound.known_after and acceptance.recorded_at <= bound.known_until)
    or (acceptance.effective_at > bound.counts_after and acceptance.effective_at <= bound.counts_until)
