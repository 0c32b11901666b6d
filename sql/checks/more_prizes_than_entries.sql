-- Why: an event gives no more prizes than projects entered it (四（一）).
-- gives: the first prize row of each event with more prizes than entries, with both numbers
-- reads: result_row, event, current_return
with entered as (
    select event.unit, event.event_no, max(event.entered_project_count) as entry_count
    from event
    join current_return using (submission_id)
    group by event.unit, event.event_no
),

prizes as (
    select unit, event_no, count(distinct candidate_no) as prize_count
    from result_row
    where result = 'prize' and event_no is not null
    group by unit, event_no
),

first_row as (
    select distinct on (unit, event_no) unit, event_no, submission_id, sheet, row_number
    from result_row
    where result = 'prize'
    order by unit, event_no, row_id
)

select
    first_row.submission_id, first_row.sheet, first_row.row_number, 'event_no' as field, prizes.prize_count,
    entered.entry_count
from prizes
join entered using (unit, event_no)
join first_row using (unit, event_no)
where prizes.prize_count > entered.entry_count
