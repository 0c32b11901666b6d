-- Why: of the returns that were due, those whose first acceptable version came by the deadline.
-- grain: one owed return that was due, in one slice; and one row of zero
-- keys: labels, subject
-- clause: DOMAIN §6: 及时率, by the first acceptable receipt
-- reads: return_slice
select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select
    labels, 1::numeric, is_on_time,
    case
        when is_on_time then null
        when accepted_at is not null then 'late'
        when is_tried then 'sent_back'
        else 'not_received'
    end,
    'submission', coalesce(standing_submission_id, first_submission_id), subject
from return_slice
where is_due
