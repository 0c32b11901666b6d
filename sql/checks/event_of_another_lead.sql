-- Why: a lead department reports the events of the competitions that it leads; districts support all of them (四（一）).
-- gives: each event of a lead department in a competition that others lead
-- reads: event, current_return, ref_lead
with leads as (
    select distinct unit from ref_lead
)

select event.submission_id, event.sheet, event.row_number, 'competition' as field
from event
join current_return using (submission_id)
join leads on leads.unit = event.unit
left join ref_lead on ref_lead.unit = event.unit and ref_lead.competition = event.competition
where ref_lead.unit is null
