-- Why: a result names the event that it comes from; the event stands in a ledger (四（一）).
-- gives: each result whose event number is in no standing ledger of any unit
-- reads: result_row, event, current_return
with held as (
    select distinct event.event_no
    from event
    join current_return using (submission_id)
)

select result_row.submission_id, result_row.sheet, result_row.row_number, 'event_no' as field
from result_row
left join held using (event_no)
where result_row.event_no is not null and held.event_no is null
