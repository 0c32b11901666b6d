-- Why: the events by competition, by cadence and by both add up to all events.
-- gives: the labels whose sum differs from the whole
-- reads: figure_value
with events as (
    select labels ? 'competition' as by_competition, labels ? 'cadence' as by_cadence, sum(value) as value
    from figure_value
    where name = 'event_count'
    group by labels ? 'competition', labels ? 'cadence'
),

whole as (
    select value from events where not by_competition and not by_cadence
)

select events.by_competition, events.by_cadence, events.value, whole.value as whole
from events
cross join whole
where events.value <> whole.value
