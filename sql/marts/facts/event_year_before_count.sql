-- Why: the events of the same window of the year before, in all and by competition; none where the programme had not
--      begun.
-- grain: one event under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: DOMAIN §7: 同比
-- reads: event_held, ref_competition, param
with bound as (
    select before_starts_on from param where before_starts_on is not null
),

scope as (
    select ref_competition.code as competition, jsonb_build_object('competition', ref_competition.code) as labels
    from ref_competition
    cross join bound
    union all
    select null, '{}'::jsonb from bound
),

events as (
    select row_id, event_no, competition, is_counted, reason from event_held where not is_in_window
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select scope.labels, 1::numeric, events.is_counted, events.reason, 'event', events.row_id, events.event_no
from events
join scope on coalesce(scope.competition, events.competition) = events.competition
