-- Every candidate has exactly one verdict on every criterion of the level. Gives the criteria where that fails.
-- reads: figure_value, ref_criterion
with verdicts as (
    select
        labels ->> 'level' as level,
        labels ->> 'criterion' as criterion,
        sum(value) as value
    from figure_value
    where name = 'criterion_verdict_count'
    group by 1, 2
)

select
    verdicts.level,
    verdicts.criterion,
    verdicts.value as verdicts,
    candidates.value as candidates
from verdicts
inner join figure_value as candidates
    on
        candidates.name = 'candidate_count'
        and candidates.labels = jsonb_build_object('level', verdicts.level)
where verdicts.value <> candidates.value
