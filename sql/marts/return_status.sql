-- Why: what became of each return that was owed.
-- grain: one expected return
-- keys: unit, form, period
-- clause: 六（四）; DOMAIN §6: timeliness by the first acceptable receipt; a nil return counts as reported
-- reads: ref_expected_return, known_submission, current_return
with received as (
    select
        unit, form, period,
        min(received_at) as first_received_at,
        min(received_at) filter (where acceptance_id is not null) as first_acceptable_at
    from known_submission
    where status <> 'refused'
    group by unit, form, period
),

latest as (
    select distinct on (unit, form, period) unit, form, period, submission_id, status
    from known_submission
    where status <> 'refused'
    order by unit, form, period, received_at desc, submission_id desc
),

standing as (
    select unit, form, period, submission_id, is_nil from current_return
)

select
    owed.unit,
    owed.form,
    owed.period,
    owed.due_at,
    owed.missing_at,
    received.first_received_at,
    received.first_acceptable_at,
    coalesce(standing.submission_id, latest.submission_id) as submission_id,
    received.first_received_at is not null as is_received,
    standing.submission_id is not null as is_accepted,
    standing.submission_id is null and coalesce(latest.status = 'returned', false) as is_returned,
    received.first_received_at is null as is_missing,
    coalesce(standing.is_nil, false) as is_nil,
    coalesce(received.first_acceptable_at > owed.due_at, false) as is_late
from ref_expected_return as owed
left join received using (unit, form, period)
left join latest using (unit, form, period)
left join standing using (unit, form, period)
