-- What became of each return that the report answers for; timeliness by the first acceptable receipt.
-- Grain: one expected return.  Keys: unit, form, period.
-- reads: param, ref_expected_return, current_return
with arrived as (
    select
        submission.submission_id,
        submission.unit,
        submission.form,
        submission.period,
        submission.received_at
    from zhibao.submission
    inner join param on submission.programme = param.programme
    where submission.received_at <= param.as_of and submission.recorded_at <= param.known_at
),

checked as (
    select distinct on (arrived.submission_id)
        arrived.submission_id,
        arrived.unit,
        arrived.form,
        arrived.period,
        arrived.received_at,
        assessment.status
    from arrived
    inner join zhibao.assessment using (submission_id)
    cross join param
    where assessment.recorded_at <= param.known_at
    order by arrived.submission_id, assessment.assessment_id desc
),

summed as (
    select
        unit,
        form,
        period,
        count(*) filter (where status <> 'refused') as received_count,
        min(received_at) filter (where status in ('accepted', 'accepted_with_queries')) as acceptable_at,
        (array_agg(submission_id order by received_at desc, submission_id desc))[1] as last_submission_id,
        (array_agg(status order by received_at desc, submission_id desc))[1] as last_status
    from checked
    group by unit, form, period
)

select
    expected.unit,
    expected.form,
    expected.period,
    expected.due_at,
    expected.ordinal,
    summed.acceptable_at,
    coalesce(current_return.submission_id, summed.last_submission_id) as submission_id,
    coalesce(summed.received_count, 0) > 0 as is_received,
    current_return.submission_id is not null as is_accepted,
    current_return.submission_id is null and coalesce(summed.last_status, '') = 'returned' as is_returned,
    coalesce(summed.received_count, 0) = 0 as is_missing,
    coalesce(current_return.is_nil, false) as is_nil,
    coalesce(summed.acceptable_at > expected.due_at, false) as is_late
from ref_expected_return as expected
left join summed using (unit, form, period)
left join current_return using (unit, form, period)
