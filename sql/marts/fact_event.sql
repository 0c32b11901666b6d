-- Events held in the window, by competition and cadence (四（一）, 六（三）).
-- Grain: one event in one figure.  Keys: labels, row_id.
-- reads: held_event
with labelled as (
    select
        row_id,
        submission_id,
        '{}'::jsonb as labels
    from held_event
    union all
    select
        row_id,
        submission_id,
        jsonb_build_object('competition', competition) as labels
    from held_event
    union all
    select
        row_id,
        submission_id,
        jsonb_build_object('cadence', cadence) as labels
    from held_event
    union all
    select
        row_id,
        submission_id,
        jsonb_build_object('competition', competition, 'cadence', cadence) as labels
    from held_event
)

select
    'event_count' as name,
    labels,
    1::numeric as contribution,
    true as counted,
    null::text as reason,
    'event' as form,
    row_id,
    submission_id,
    null::bigint as candidate_row_id,
    'event_no' as field
from labelled
