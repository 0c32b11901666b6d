-- Why: the events of the window by the month in which they were held, in all and by competition.
-- grain: one event under one set of labels; and one row of zero for each month, alone and with each competition
-- keys: labels, row_id
-- clause: 四（一）, 六（三）
-- reads: event_held, ref_competition, param
with months as (
    select to_char(month, 'YYYY-MM') as month
    from param
    cross join generate_series(window_starts_on::timestamp, window_ends_on::timestamp, interval '1 month') as month
),

scope as (
    select months.month, null::text as competition, jsonb_build_object('month', months.month) as labels from months
    union all
    select
        months.month, ref_competition.code,
        jsonb_build_object('competition', ref_competition.code, 'month', months.month)
    from months
    cross join ref_competition
),

events as (
    select row_id, event_no, competition, to_char(held_on, 'YYYY-MM') as month, is_counted, reason
    from event_held
    where is_in_window
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select scope.labels, 1::numeric, events.is_counted, events.reason, 'event', events.row_id, events.event_no
from events
join scope on scope.month = events.month and coalesce(scope.competition, events.competition) = events.competition
