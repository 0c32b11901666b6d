-- Why: the rows of the event ledgers that stand.
-- grain: one row of one current event return
-- keys: row_id
-- clause: 四（一）
-- reads: event, current_return
with returns as (
    select submission_id, period_starts_on from current_return
)

select
    event.row_id,
    event.submission_id,
    event.unit,
    returns.period_starts_on,
    event.event_no,
    event.competition,
    event.cadence,
    event.held_on
from event
join returns using (submission_id)
