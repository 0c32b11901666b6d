-- Why: the days of the programme gone by at the window's end, both ends included.
-- grain: one row
-- keys: subject
-- clause: 三
-- reads: param
select
    '{}'::jsonb as labels,
    greatest(least(window_ends_on, programme_ends_on) - programme_starts_on + 1, 0)::numeric as contribution,
    true as is_counted,
    null::text as reason,
    'programme' as form,
    null::bigint as row_id,
    concat_ws(' ', programme_starts_on, least(window_ends_on, programme_ends_on)) as subject
from param
