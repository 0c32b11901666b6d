-- Why: what a level is counted by: as a whole, by category, by unit; each with the labels of its figures, so that
--      zeros are figures too. A unit or category that appears in the data has its place, quota or not.
-- grain: one level, dimension and code
-- keys: level, dimension, code
-- clause: 附件2 (by category), 附件3 (by unit)
-- reads: ref_level, ref_category, ref_nominator, ref_quota, ref_unit, nomination, award
with levels as (
    select level from ref_level
),

units as (
    select ref_nominator.level, ref_unit.counts_for as code
    from ref_nominator
    join ref_unit on ref_unit.code = ref_nominator.unit
    union
    select level, code from ref_quota where dimension = 'unit'
    union
    select level, counts_for from nomination
    union
    select level, counts_for from award
),

categories as (
    select levels.level, ref_category.code from levels cross join ref_category
    union
    select level, category from nomination where category is not null
),

quota_dimension as (
    select distinct level, dimension from ref_quota
),

scope as (
    select level, 'total' as dimension, '' as code, jsonb_build_object('level', level) as labels from levels
    union all
    select level, 'category', code, jsonb_build_object('category', code, 'level', level) from categories
    union all
    select level, 'unit', code, jsonb_build_object('level', level, 'unit', code) from units
)

select
    scope.level,
    scope.dimension,
    scope.code,
    scope.labels,
    scope.dimension = 'total' or quota_dimension.level is not null as has_quota_dimension
from scope
join levels using (level)
left join quota_dimension using (level, dimension)
