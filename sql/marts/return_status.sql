-- Why: what became of each return that was owed.
-- grain: one expected return
-- keys: unit, form, period
-- clause: 六（四）; DOMAIN §6: timeliness by the first acceptable receipt; a nil return counts as reported; one that was
--         sent back must be in again within working days
-- reads: ref_expected_return, ref_return_by, known_submission, current_return, exempted, query_row, param
with bound as (
    select as_of, zone from param
),

received as (
    select
        unit, form, period,
        min(received_at) as first_received_at,
        min(received_at) filter (where acceptance_id is not null) as first_acceptable_at,
        coalesce(bool_or(status = 'returned'), false) as was_returned
    from known_submission
    where status <> 'refused'
    group by unit, form, period
),

latest as (
    select distinct on (unit, form, period) unit, form, period, submission_id, status, received_at, first_assessed_at
    from known_submission
    where status <> 'refused'
    order by unit, form, period, received_at desc, submission_id desc
),

tries as (
    select distinct on (unit, form, period) unit, form, period, status
    from known_submission
    order by unit, form, period, received_at, submission_id
),

standing as (
    select unit, form, period, submission_id, is_nil from current_return
),

asked as (
    select submission_id
    from query_row
    group by submission_id
    having bool_or(is_open)
),

-- The office was told when the file was checked; where history is taken in later, as if that had been at once.
sent_back as (
    select
        latest.unit, latest.form, latest.period,
        (case
            when latest.first_assessed_at <= bound.as_of then latest.first_assessed_at else latest.received_at
        end at time zone bound.zone)::date as returned_on
    from latest
    cross join bound
    left join standing using (unit, form, period)
    where latest.status = 'returned'
        and standing.submission_id is null
)

select
    owed.unit,
    owed.form,
    owed.period,
    owed.due_at,
    owed.on_time_until,
    owed.missing_at,
    received.first_received_at,
    received.first_acceptable_at,
    coalesce(standing.submission_id, latest.submission_id) as submission_id,
    received.first_received_at is not null as is_received,
    standing.submission_id is not null as is_accepted,
    sent_back.unit is not null as is_returned,
    coalesce(received.was_returned, false) as was_returned,
    asked.submission_id is not null as is_asked,
    received.first_received_at is null and exempted.unit is null as is_missing,
    exempted.unit is not null as is_exempt,
    coalesce(tries.status in ('accepted', 'accepted_with_queries'), false) as is_first_pass,
    coalesce(standing.is_nil, false) as is_nil,
    coalesce(received.first_acceptable_at > owed.on_time_until, false) as is_late,
    ref_return_by.return_by,
    exempted.unit is null and coalesce((bound.as_of at time zone bound.zone)::date > ref_return_by.return_by, false)
        as is_overdue
from ref_expected_return as owed
cross join bound
left join received using (unit, form, period)
left join latest using (unit, form, period)
left join tries using (unit, form, period)
left join standing using (unit, form, period)
left join asked on asked.submission_id = standing.submission_id
left join sent_back using (unit, form, period)
left join ref_return_by using (returned_on)
left join exempted using (unit, form, period)
