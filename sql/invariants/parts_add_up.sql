-- Why: a level's awards by category or by unit add up to the level's awards: nobody is lost between the two.
-- gives: the level, dimension and figure where they do not
-- reads: figure_value, ref_quota
with dimensions as (
    select distinct level, dimension from ref_quota
),

parts as (
    select figure_value.name, dimensions.level, dimensions.dimension, sum(figure_value.value) as parts
    from figure_value
    join dimensions
        on dimensions.level = figure_value.labels ->> 'level' and figure_value.labels ? dimensions.dimension
    where figure_value.name in ('awarded_count', 'awarded_in_period_count', 'quota')
    group by figure_value.name, dimensions.level, dimensions.dimension
),

whole as (
    select name, labels ->> 'level' as level, value as whole
    from figure_value
    where labels = jsonb_build_object('level', labels ->> 'level')
)

select parts.name, parts.level, parts.dimension, parts.parts, whole.whole
from parts
left join whole using (name, level)
where parts.parts is distinct from whole.whole
