-- Why: the target of each figure of awards.
-- grain: one target of one quota table, under its own labels and under its level's
-- keys: labels, subject
-- clause: 附件2, 附件3
-- reads: ref_quota
with targets as (
    select level, dimension, code, target, clause, is_first_table from ref_quota
)

select
    jsonb_build_object('level', level, dimension, code) as labels, target::numeric as contribution, true as is_counted,
    null::text as reason, 'programme' as form, null::bigint as row_id, clause as subject
from targets
union all
-- A level with tables of two dimensions has one total.
select
    jsonb_build_object('level', level), target::numeric, true, null, 'programme', null, clause || ' ' || code
from targets
where is_first_table
