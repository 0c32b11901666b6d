-- The figures: sums of facts, targets, and the ratios over both, rounded once.
-- Grain: one figure.  Keys: name, labels.
-- reads: param, ref_level, ref_quota, fact, figure_key
with summed as (
    select
        figure_key.name,
        figure_key.labels,
        coalesce(sum(fact.contribution) filter (where fact.counted), 0) as value,
        figure_key.unit,
        figure_key.ordinal
    from figure_key
    left join fact using (name, labels)
    group by figure_key.name, figure_key.labels, figure_key.unit, figure_key.ordinal
),

target as (
    select
        jsonb_build_object('level', ref_quota.level, ref_quota.dimension, ref_quota.code) as labels,
        ref_quota.target::numeric as value,
        ref_level.ordinal * 1000 + ref_quota.ordinal as ordinal,
        true as is_ranked
    from ref_quota
    inner join ref_level on ref_quota.level = ref_level.code
    union all
    select
        jsonb_build_object('level', ref_quota.level) as labels,
        sum(ref_quota.target)::numeric as value,
        min(ref_level.ordinal) * 1000 as ordinal,
        false as is_ranked
    from ref_quota
    inner join ref_level on ref_quota.level = ref_level.code
    group by ref_quota.level
),

progress as (
    select
        target.labels,
        target.ordinal,
        target.is_ranked,
        target.labels ->> 'level' as level,
        round(summed.value * 100 / nullif(target.value, 0), 2) as completion_pct
    from target
    inner join summed on target.labels = summed.labels and summed.name = 'awarded_count'
),

ranked as (
    select
        labels,
        ordinal,
        rank() over (partition by level order by completion_pct desc) as place
    from progress
    where is_ranked
)

select
    'quota' as name,
    labels,
    value,
    'person' as unit,
    1000000 + ordinal as ordinal
from target
union all
select name, labels, value, unit, ordinal
from summed
union all
select
    'completion_pct' as name,
    labels,
    completion_pct as value,
    'pct' as unit,
    3500000 + ordinal as ordinal
from progress
union all
select
    'completion_rank' as name,
    labels,
    place::numeric as value,
    'rank' as unit,
    3700000 + ordinal as ordinal
from ranked
union all
select
    'time_elapsed_pct' as name,
    '{}'::jsonb as labels,
    round(
        (param.window_ends_on - param.programme_starts_on + 1)::numeric * 100
        / (param.programme_ends_on - param.programme_starts_on + 1),
        2
    ) as value,
    'pct' as unit,
    900000 as ordinal
from param
