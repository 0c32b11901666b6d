-- A level's awards by category or unit must add up to the level's awards: nobody is lost between the two.
-- Gives the levels where they do not. An award of a person outside every quota dimension would show here.
-- reads: figure_value, ref_quota
with dimensions as (
    select distinct
        level,
        dimension
    from ref_quota
),

parts as (
    select
        dimensions.level,
        sum(figure_value.value) as value
    from dimensions
    inner join figure_value
        on
            figure_value.name = 'awarded_count'
            and figure_value.labels ->> 'level' = dimensions.level
            and figure_value.labels ? dimensions.dimension
    group by dimensions.level
)

select
    parts.level,
    parts.value as parts,
    whole.value as whole
from parts
inner join figure_value as whole
    on whole.name = 'awarded_count' and whole.labels = jsonb_build_object('level', parts.level)
where parts.value <> whole.value
