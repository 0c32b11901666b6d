-- Why: every candidate has exactly one verdict on every criterion of the level.
-- gives: the criteria where that fails
-- reads: figure_value
with verdicts as (
    select labels ->> 'level' as level, labels ->> 'criterion' as criterion, sum(value) as verdicts
    from figure_value
    where name = 'criterion_verdict_count'
    group by labels ->> 'level', labels ->> 'criterion'
),

candidates as (
    select labels ->> 'level' as level, value as candidates
    from figure_value
    where name = 'candidate_count' and labels = jsonb_build_object('level', labels ->> 'level')
)

select verdicts.level, verdicts.criterion, verdicts.verdicts, candidates.candidates
from verdicts
join candidates using (level)
where verdicts.verdicts <> candidates.candidates
