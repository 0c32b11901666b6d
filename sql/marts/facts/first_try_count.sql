-- Why: the owed returns of which at least one file came: what the rate of first passes is held against.
-- grain: one owed return with a file, in one slice; and one row of zero
-- keys: labels, subject
-- clause: DOMAIN §6: 一次通过率
-- reads: return_slice
select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select labels, 1::numeric, is_tried, case when not is_tried then 'not_received' end, 'submission', first_submission_id,
    subject
from return_slice
