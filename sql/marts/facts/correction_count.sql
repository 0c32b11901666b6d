-- Why: versions that came after one had been taken: what was accepted and had to be put right all the same.
-- grain: one accepted file that followed another of the same return, in one slice; and rows of zero
-- keys: labels, row_id
-- clause: DESIGN, decision 4
-- reads: checked_file, return_slice
with accepted as (
    select
        submission_id, unit, form, period,
        row_number() over (partition by unit, form, period order by received_at, submission_id) as version
    from checked_file
    where is_current and acceptance_id is not null
),

slices as (
    select '{}'::jsonb as labels
    union
    select labels from return_slice where not labels ? 'period'
)

select
    labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from slices
union all
select slice.labels, 1::numeric, true, null, 'submission', accepted.submission_id,
    concat_ws(' ', accepted.unit, accepted.form, accepted.period)
from accepted
cross join lateral (
    values ('{}'::jsonb), (jsonb_build_object('unit', accepted.unit)), (jsonb_build_object('form', accepted.form))
) as slice (labels)
where accepted.version > 1
