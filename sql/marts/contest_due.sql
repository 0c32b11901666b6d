-- Why: the contests that are owed in the window, each with the first event that was held for it, if any.
-- grain: one competition in one period of one cadence
-- keys: competition, cadence, period
-- clause: 六（三）: “月月赛、季度赛、年终赛”
-- reads: event_held, ref_competition, ref_contest_period
with events as (
    select row_id, event_no, competition, cadence, held_on from event_held where is_counted and is_in_window
),

owed as (
    select
        ref_competition.code as competition, ref_contest_period.cadence, ref_contest_period.period,
        ref_contest_period.starts_on, ref_contest_period.ends_on
    from ref_competition
    cross join ref_contest_period
)

select distinct on (owed.competition, owed.cadence, owed.period)
    owed.competition,
    owed.cadence,
    owed.period,
    events.row_id,
    events.event_no
from owed
left join events
    on events.competition = owed.competition and events.cadence = owed.cadence
    and events.held_on between owed.starts_on and owed.ends_on
order by owed.competition, owed.cadence, owed.period, events.held_on, events.row_id
