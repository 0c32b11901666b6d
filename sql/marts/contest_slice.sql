-- Why: the slices in which the duty of contests is told: in all, by cadence, by competition and both, and by lead.
-- grain: one owed contest in one slice
-- keys: labels, competition, cadence, period
-- clause: 六（三）; DOMAIN §2 (switch lead.primary: whose duty a joint competition is)
-- reads: contest_due, ref_lead
with leads as (
    select competition, unit from ref_lead where is_duty
)

select
    slice.labels, contest_due.competition, contest_due.cadence, contest_due.period, contest_due.row_id,
    contest_due.event_no
from contest_due
cross join lateral (
    select '{}'::jsonb as labels
    union all
    select jsonb_build_object('cadence', contest_due.cadence)
    union all
    select jsonb_build_object('competition', contest_due.competition)
    union all
    select jsonb_build_object('cadence', contest_due.cadence, 'competition', contest_due.competition)
    union all
    select jsonb_build_object('unit', leads.unit) from leads where leads.competition = contest_due.competition
) as slice
