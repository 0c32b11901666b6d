-- Why: the days of the whole programme, both ends included.
-- grain: one row
-- keys: subject
-- clause: 三
-- reads: param
select
    '{}'::jsonb as labels,
    (programme_ends_on - programme_starts_on + 1)::numeric as contribution,
    true as is_counted,
    null::text as reason,
    'programme' as form,
    null::bigint as row_id,
    concat_ws(' ', programme_starts_on, programme_ends_on) as subject
from param
