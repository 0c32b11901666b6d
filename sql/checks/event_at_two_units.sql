-- Why: an event counts once; a contest held jointly is reported by the unit that leads it (四（一）).
-- gives: each event that another unit reports by the same name, competition and day
-- reads: event, current_return, ref_unit
with held as (
    select
        event.submission_id, event.sheet, event.row_number, event.unit, event.competition, event.held_on,
        regexp_replace(event.event_name, '\s', '', 'g') as name
    from event
    join current_return using (submission_id)
)

select distinct on (mine.submission_id, mine.row_number)
    mine.submission_id, mine.sheet, mine.row_number, 'event_name' as field, theirs.unit as other_unit
from held as mine
join held as theirs
    on theirs.name = mine.name
    and theirs.competition = mine.competition
    and theirs.held_on = mine.held_on
    and theirs.unit <> mine.unit
join ref_unit on ref_unit.code = theirs.unit
order by mine.submission_id, mine.row_number, ref_unit.ordinal
