-- Why: the files received within the period that name no unit, form or period that is known: nobody was told of them,
--      or only the sender.
-- grain: one such file; and one row of zero
-- keys: row_id
-- clause: DESIGN, decision 3
-- reads: submission, param
with bound as (
    select programme, zone, as_of, known_at, window_starts_on, window_ends_on from param
)

select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select '{}'::jsonb, 1::numeric, true, null, 'submission', submission.submission_id, null
from submission
join bound using (programme)
where (submission.unit is null or submission.form is null or submission.period is null)
    and submission.received_at <= bound.as_of
    and submission.recorded_at <= bound.known_at
    and (submission.received_at at time zone bound.zone)::date between bound.window_starts_on and bound.window_ends_on
