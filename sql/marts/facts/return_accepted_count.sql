-- Why: of the returns that were due, those of which a version stands.
-- grain: one owed return that was due, in one slice; and one row of zero
-- keys: labels, subject
-- clause: DOMAIN §6: 完整率
-- reads: return_slice
select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select
    labels, 1::numeric, is_accepted,
    case when not is_accepted then case when is_tried then 'sent_back' else 'not_received' end end,
    'submission', coalesce(standing_submission_id, first_submission_id), subject
from return_slice
where is_due
