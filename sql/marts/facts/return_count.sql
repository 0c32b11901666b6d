-- Why: the returns that the report answers for, by state, in all and by unit. A return may be in several states.
-- grain: one expected return in one state under one set of labels; and one row of zero for each set of labels
-- keys: labels, subject
-- clause: 六（四）; DOMAIN §6
-- reads: return_status, ref_state
with states as (
    select return_status.submission_id, return_status.unit, return_status.form, return_status.period, state.code
    from return_status
    cross join lateral (
        values
            ('expected', true),
            ('received', return_status.is_received),
            ('accepted', return_status.is_accepted),
            ('returned', return_status.is_returned),
            ('missing', return_status.is_missing),
            ('nil', return_status.is_nil),
            ('late', return_status.is_late)
    ) as state (code, holds)
    where state.holds
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
    scope.labels, 1::numeric, true, null, 'submission', states.submission_id,
    concat_ws(' ', states.unit, states.form, states.period)
from states
join scope on scope.code = states.code and coalesce(scope.unit, states.unit) = states.unit
