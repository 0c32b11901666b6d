-- Why: of those, the ones that were held.
-- grain: one owed contest in one slice; and one row of zero for each slice
-- keys: labels, competition, cadence, period
-- clause: 六（三）
-- reads: contest_slice
select
    labels, 1::numeric as contribution, true as is_counted, null::text as reason, 'event' as form, row_id as row_id,
    event_no as subject
from contest_slice
where row_id is not null
union all
select distinct labels, 0::numeric, true, null::text, null::text, null::bigint, null::text
from contest_slice
