-- Why: how well each return that was owed came in, for the report's period and those of its trend.
-- grain: one owed return
-- keys: unit, form, period
-- clause: DOMAIN §6: 及时率, 完整率, 一次通过率
-- reads: ref_trend_return, checked_file, current_return, exempted, param
with bound as (
    select as_of from param
),

tries as (
    select distinct on (unit, form, period)
        unit, form, period, submission_id, received_at, first_status
    from checked_file
    order by unit, form, period, received_at, submission_id
),

accepted as (
    select unit, form, period, min(received_at) as accepted_at, count(*) as accepted_count
    from checked_file
    where acceptance_id is not null
    group by unit, form, period
),

standing as (
    select unit, form, period, submission_id from current_return
)

select
    owed.trend,
    owed.is_current,
    owed.unit,
    owed.form,
    owed.period,
    owed.due_at <= bound.as_of as is_due,
    tries.submission_id as first_submission_id,
    tries.first_status,
    tries.received_at as first_received_at,
    accepted.accepted_at,
    standing.submission_id as standing_submission_id,
    tries.submission_id is not null as is_tried,
    coalesce(tries.first_status in ('accepted', 'accepted_with_queries'), false) as is_first_pass,
    standing.submission_id is not null as is_accepted,
    coalesce(accepted.accepted_at <= owed.on_time_until, false) as is_on_time
from ref_trend_return as owed
cross join bound
left join tries using (unit, form, period)
left join accepted using (unit, form, period)
left join standing using (unit, form, period)
left join exempted using (unit, form, period)
where exempted.unit is null
