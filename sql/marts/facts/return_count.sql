-- Why: the returns that the report answers for, by state, in all and by unit. A return may be in several states.
-- grain: one expected return in one state under one set of labels; and one row of zero for each set of labels
-- keys: labels, subject
-- clause: 六（四）; DOMAIN §6
-- reads: return_status, return_in_state, ref_state
with states as (
    select unit, form, code, submission_id, subject from return_in_state
),

scope as (
    select code, null::text as unit, jsonb_build_object('state', code) as labels from ref_state
    union all
    select ref_state.code, owing.unit, jsonb_build_object('state', ref_state.code, 'unit', owing.unit)
    from ref_state
    cross join (select distinct unit from return_status) as owing
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select
    scope.labels, 1::numeric, true, null, 'submission', states.submission_id, states.subject
from states
join scope on scope.code = states.code and coalesce(scope.unit, states.unit) = states.unit
