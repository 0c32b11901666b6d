-- Why: whose title counts: one a person and level, one a venture and level, each at the first award. What does not
--      count stays here with its reason.
-- grain: one title
-- keys: unit, level, candidate_no
-- clause: 附件2, 附件3; DOMAIN §2 (switches dedupe.person, dedupe.entity). The person rule goes first. Order: decision
--      date, then the official order of units, then row
-- reads: title, nomination, ref_unit, param
with candidates as (
    select row_id, unit, level, candidate_no, category, person, venture from nomination
),

switch as (
    select dedupe_person, dedupe_entity, programme_starts_on, programme_ends_on, window_starts_on from param
),

titles as (
    select
        title.row_id, title.unit, ref_unit.counts_for, ref_unit.ordinal, title.level, title.candidate_no,
        title.awarded_on, candidates.row_id as candidate_row_id, candidates.category,
        coalesce(candidates.person, convert_to(title.row_id::text, 'UTF8')) as person,
        coalesce(candidates.venture, title.row_id::text) as venture,
        case
            when not title.is_held then 'revoked'
            when candidates.row_id is null then 'no_candidate'
            when title.awarded_on not between switch.programme_starts_on and switch.programme_ends_on
                then 'outside_span'
        end as reason
    from title
    join ref_unit on ref_unit.code = title.unit
    left join candidates using (unit, level, candidate_no)
    cross join switch
),

by_person as (
    select
        row_id,
        row_number() over (partition by level, person order by awarded_on, ordinal, row_id) as place,
        count(*) over (partition by level, person) as title_count
    from titles
    where reason is null
),

of_distinct_persons as (
    select
        titles.row_id, titles.level, titles.venture, titles.awarded_on, titles.ordinal,
        case
            when switch.dedupe_person = 'manual' and by_person.title_count > 1 then 'person_conflict'
            when by_person.place > 1 then 'same_person'
        end as reason
    from titles
    join by_person using (row_id)
    cross join switch
),

by_venture as (
    select row_id, row_number() over (partition by level, venture order by awarded_on, ordinal, row_id) as place
    from of_distinct_persons
    where reason is null
),

judged as (
    select
        titles.row_id,
        coalesce(
            titles.reason,
            of_distinct_persons.reason,
            case when switch.dedupe_entity = 'one_per_venture' and by_venture.place > 1 then 'same_venture' end
        ) as reason
    from titles
    left join of_distinct_persons using (row_id)
    left join by_venture using (row_id)
    cross join switch
)

select
    titles.row_id,
    titles.candidate_row_id,
    titles.unit,
    titles.counts_for,
    titles.level,
    titles.candidate_no,
    titles.category,
    titles.person,
    titles.venture,
    titles.awarded_on,
    titles.awarded_on >= switch.window_starts_on as is_in_window,
    judged.reason is null as is_counted,
    judged.reason
from titles
join judged using (row_id)
cross join switch
