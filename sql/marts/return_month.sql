-- Why: what became of the returns of each unit, month by month of their deadlines: what a chart of reporting shows.
-- grain: one unit and month in which something of it was due
-- keys: unit, month
-- clause: 六（四）; DOMAIN §6; the worst of the unit's returns speaks for the month
-- reads: return_status, param
with states as (
    select
        return_status.unit,
        to_char(return_status.due_at at time zone param.zone, 'YYYY-MM') as month,
        case
            when return_status.is_accepted and not return_status.is_late then 'on_time'
            when return_status.is_accepted then 'late'
            when return_status.due_at > param.as_of then 'not_due'
            when return_status.is_returned then 'returned'
            when return_status.is_missing then 'missing'
            else 'returned'
        end as state
    from return_status
    cross join param
    where return_status.is_accepted or not return_status.is_exempt
),

ranked as (
    select unit, month, state, array_position(array['missing', 'returned', 'late', 'not_due', 'on_time'], state) as place
    from states
)

select
    unit,
    month,
    (array['missing', 'returned', 'late', 'not_due', 'on_time'])[min(place)] as state
from ranked
group by unit, month
