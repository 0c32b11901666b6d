-- Why: the candidates nominated up to the window's end, by level, category and unit; of bases all that stand.
-- grain: one candidate under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: 附件1
-- reads: nomination, level_scope, base_row, ref_base_level
with scope as (
    select level, dimension, code, labels from level_scope
),

candidates as (
    select row_id, level, counts_for, category, candidate_no from nomination where is_in_span
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from scope
union all
select scope.labels, 1::numeric, true, null, 'candidate', candidates.row_id, candidates.candidate_no
from candidates
join scope
    on scope.level = candidates.level
    and scope.code = case scope.dimension
        when 'category' then candidates.category when 'unit' then candidates.counts_for else '' end
union all
select jsonb_build_object('level', level), 0::numeric, true, null, null, null, null
from ref_base_level
union all
select
    jsonb_build_object('level', base_row.level), 1::numeric, true, null, ref_base_level.roster, base_row.row_id,
    base_row.candidate_no
from base_row
join ref_base_level using (level)
