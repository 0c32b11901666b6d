-- Why: the owed returns whose very first file was taken.
-- grain: one owed return with a file, in one slice; and one row of zero
-- keys: labels, subject
-- clause: DOMAIN §6: 一次通过率
-- reads: return_slice
select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select
    labels, 1::numeric, is_first_pass,
    case when not is_first_pass then case first_status when 'refused' then 'refused' else 'sent_back' end end,
    'submission', first_submission_id, subject
from return_slice
where is_tried
