-- Why: the returns that were due by the instant: what the rates of timeliness and completeness are held against.
-- grain: one owed return in one slice; and one row of zero
-- keys: labels, subject
-- clause: DOMAIN §6
-- reads: return_slice
select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select
    labels, 1::numeric, is_due, case when not is_due then 'not_due' end, 'submission', standing_submission_id, subject
from return_slice
