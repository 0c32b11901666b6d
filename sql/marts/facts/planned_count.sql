-- Why: the numbers of the annual plan for the window's year, and their sum for each level.
-- grain: one number of the plan, under its own labels and under its level's
-- keys: labels, subject
-- clause: DOMAIN §2 (switch quota.annual_plan)
-- reads: ref_plan
select
    jsonb_build_object('level', level, dimension, code) as labels, planned::numeric as contribution, true as is_counted,
    null::text as reason, 'programme' as form, null::bigint as row_id, 'switches.quota.annual_plan' as subject
from ref_plan
union all
select
    jsonb_build_object('level', level), planned::numeric, true, null, 'programme', null,
    'switches.quota.annual_plan ' || code
from ref_plan
