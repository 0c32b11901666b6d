-- Why: an event is one, however often it is reported under its number; the latest return tells where it stands.
-- grain: one row of the event ledgers that stand, of an event in the window or in the same one of the year before
-- keys: row_id
-- clause: 四（一）; DOMAIN §3: the number is unique in its unit
-- reads: event_row, param
with ranked as (
    select
        row_id, unit, event_no, competition, cadence, held_on,
        row_number() over (partition by unit, event_no order by period_starts_on desc, row_id desc) as age_rank
    from event_row
)

select
    ranked.row_id,
    ranked.unit,
    ranked.event_no,
    ranked.competition,
    ranked.cadence,
    ranked.held_on,
    ranked.held_on between param.window_starts_on and param.window_ends_on as is_in_window,
    ranked.age_rank = 1 as is_counted,
    case when ranked.age_rank > 1 then 'same_event' end as reason
from ranked
cross join param
where ranked.held_on between param.window_starts_on and param.window_ends_on
    or ranked.held_on between param.before_starts_on and param.before_ends_on
