-- Why: a person counts once at a level, and so does a venture under the switch dedupe.entity (附件2, 附件3).
-- gives: the decision rows of whoever counts twice
-- reads: award, param
with counted as (
    select row_id, level, person, venture from award where is_counted
),

by_person as (
    select level, min(row_id) as row_id, count(*) as awards, 'person' as twice
    from counted
    group by level, person
),

by_venture as (
    select counted.level, min(counted.row_id) as row_id, count(*) as awards, 'venture' as twice
    from counted
    cross join param
    where param.dedupe_entity = 'one_per_venture'
    group by counted.level, counted.venture
)

select level, row_id, awards, twice from by_person where awards > 1
union all
select level, row_id, awards, twice from by_venture where awards > 1
