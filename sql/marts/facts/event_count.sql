-- Why: the events held in the window, by competition and cadence, with both totals.
-- grain: one event under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: 四（一）, 六（三）
-- reads: event_held, ref_competition, ref_cadence
with scope as (
    select
        ref_competition.code as competition, ref_cadence.code as cadence,
        jsonb_build_object('cadence', ref_cadence.code, 'competition', ref_competition.code) as labels
    from ref_competition
    cross join ref_cadence
    union all
    select code, null, jsonb_build_object('competition', code) from ref_competition
    union all
    select null, code, jsonb_build_object('cadence', code) from ref_cadence
    union all
    select null, null, '{}'::jsonb
),

events as (
    select row_id, event_no, competition, cadence, is_counted, reason from event_held where is_in_window
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select scope.labels, 1::numeric, events.is_counted, events.reason, 'event', events.row_id, events.event_no
from events
join scope
    on coalesce(scope.competition, events.competition) = events.competition
    and coalesce(scope.cadence, events.cadence) = events.cadence
