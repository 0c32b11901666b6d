-- Why: whose title counts: one a person and level, one a venture and level, each at the first award. What does not
--      count stays here with its reason.
-- grain: one title
-- keys: unit, level, candidate_no
-- clause: 附件2, 附件3; DOMAIN §2 (switches dedupe.person, dedupe.entity). The person rule goes first. Order: decision
--      date, then the official order of units, then number, so that a correction elsewhere never turns a tie
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

-- Only what has no reason yet is ranked against each other.
ranked_persons as (
    select
        row_id, candidate_row_id, unit, counts_for, ordinal, level, candidate_no, category, person, venture, awarded_on,
        reason,
        row_number() over (
            partition by level, person, reason is null order by awarded_on, ordinal, candidate_no collate "C"
        ) as place,
        count(*) over (partition by level, person, reason is null) as title_count
    from titles
),

distinct_persons as (
    select
        ranked_persons.row_id, ranked_persons.candidate_row_id, ranked_persons.unit, ranked_persons.counts_for,
        ranked_persons.ordinal, ranked_persons.level, ranked_persons.candidate_no, ranked_persons.category,
        ranked_persons.person, ranked_persons.venture, ranked_persons.awarded_on,
        case
            when ranked_persons.reason is not null then ranked_persons.reason
            when switch.dedupe_person = 'manual' and ranked_persons.title_count > 1 then 'person_conflict'
            when ranked_persons.place > 1 then 'same_person'
        end as reason
    from ranked_persons
    cross join switch
),

ranked_ventures as (
    select
        row_id, candidate_row_id, unit, counts_for, level, candidate_no, category, person, venture, awarded_on, reason,
        row_number() over (
            partition by level, venture, reason is null order by awarded_on, ordinal, candidate_no collate "C"
        ) as place
    from distinct_persons
),

judged as (
    select
        ranked_ventures.row_id, ranked_ventures.candidate_row_id, ranked_ventures.unit, ranked_ventures.counts_for,
        ranked_ventures.level, ranked_ventures.candidate_no, ranked_ventures.category, ranked_ventures.person,
        ranked_ventures.venture, ranked_ventures.awarded_on,
        ranked_ventures.awarded_on >= switch.window_starts_on as is_in_window,
        case
            when ranked_ventures.reason is not null then ranked_ventures.reason
            when switch.dedupe_entity = 'one_per_venture' and ranked_ventures.place > 1 then 'same_venture'
        end as reason
    from ranked_ventures
    cross join switch
)

select
    row_id,
    candidate_row_id,
    unit,
    counts_for,
    level,
    candidate_no,
    category,
    person,
    venture,
    awarded_on,
    is_in_window,
    reason is null as is_counted,
    reason
from judged
