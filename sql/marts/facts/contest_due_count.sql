-- Why: the contests that were owed in the window: one for each competition in each month, quarter and year.
-- grain: one owed contest in one slice; and one row of zero for each slice
-- keys: labels, competition, cadence, period
-- clause: 六（三）
-- reads: contest_slice
select
    labels, 1::numeric as contribution, true as is_counted, null::text as reason, 'programme' as form, null::bigint as row_id,
    concat_ws(' ', competition, cadence, period) as subject
from contest_slice
union all
select distinct labels, 0::numeric, true, null::text, null::text, null::bigint, null::text
from contest_slice
