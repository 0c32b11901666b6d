-- Events held inside the window.
-- Grain: one event.  Keys: row_id.
-- reads: param, current_return
select
    event.row_id,
    event.submission_id,
    event.unit,
    current_return.reporting_unit,
    event.competition,
    event.cadence,
    event.held_on
from event
inner join current_return using (submission_id)
cross join param
where event.held_on between param.window_starts_on and param.window_ends_on
