-- Why: the returns that the report answers for, by form and state. A return may be in several states.
-- grain: one expected return in one state; and one row of zero for each form and state
-- keys: labels, subject
-- clause: 六（四）; DOMAIN §6
-- reads: return_status, return_in_state, ref_state
with states as (
    select unit, form, code, submission_id, subject from return_in_state
)

select
    jsonb_build_object('form', owed.form, 'state', ref_state.code) as labels, 0::numeric as contribution,
    true as is_counted, null::text as reason, null::text as form, null::bigint as row_id, null::text as subject
from ref_state
cross join (select distinct form from return_status) as owed
union all
select
    jsonb_build_object('form', form, 'state', code), 1::numeric, true, null, 'submission', submission_id, subject
from states
