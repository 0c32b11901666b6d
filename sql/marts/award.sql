-- Why: whose title counts: one a person and level, one a venture and level, each at the first award, unless a person has
--      ruled otherwise. What does not count stays here with its reason.
-- grain: one title
-- keys: unit, level, candidate_no
-- clause: 附件2, 附件3; DOMAIN §2 (switches dedupe.person, dedupe.entity, criteria.enforcement, promotion.required,
--      quota.semantics). The rules go in the order of this file. Order within each: rulings, decision date, the official
--      order of units, number, so that a correction elsewhere never turns a tie
-- reads: title, nomination, failed_candidate, ruled, ref_unit, ref_level, ref_quota, param
with candidates as (
    select row_id, unit, level, candidate_no, category, person, venture, counts_for from nomination
),

switch as (
    select
        dedupe_person, dedupe_entity, promotion_required, quota_semantics, programme_starts_on, programme_ends_on,
        window_starts_on
    from param
),

failed as (
    select unit, level, candidate_no from failed_candidate
),

titles as (
    select
        title.row_id, title.unit, coalesce(candidates.counts_for, ref_unit.counts_for) as counts_for, ref_unit.ordinal,
        title.level, title.candidate_no, title.awarded_on, candidates.row_id as candidate_row_id, candidates.category,
        coalesce(candidates.person, convert_to(title.row_id::text, 'UTF8')) as person,
        coalesce(candidates.venture, title.row_id::text) as venture,
        coalesce(ruled.ruling = 'count', false) as is_ruled_in,
        case
            when not title.is_held then 'revoked'
            when candidates.row_id is null then 'no_candidate'
            when title.awarded_on not between switch.programme_starts_on and switch.programme_ends_on
                then 'outside_span'
            when ruled.ruling = 'exclude' then 'ruled_out'
            when failed.candidate_no is not null then 'criteria_failed'
        end as reason
    from title
    join ref_unit on ref_unit.code = title.unit
    left join candidates using (unit, level, candidate_no)
    left join ruled using (unit, level, candidate_no)
    left join failed using (unit, level, candidate_no)
    cross join switch
),

first_titles as (
    select level, person, min(awarded_on) as awarded_on
    from titles
    where reason is null
    group by level, person
),

promoted as (
    select
        titles.row_id, titles.candidate_row_id, titles.unit, titles.counts_for, titles.ordinal, titles.level,
        titles.candidate_no, titles.category, titles.person, titles.venture, titles.awarded_on, titles.is_ruled_in,
        coalesce(below.awarded_on <= titles.awarded_on, false) as is_promoted,
        case
            when titles.reason is not null then titles.reason
            when switch.promotion_required and ref_level.promoted_from is not null
                and coalesce(below.awarded_on > titles.awarded_on, true) then 'not_promoted'
        end as reason
    from titles
    join ref_level on ref_level.level = titles.level
    left join first_titles as below on below.level = ref_level.promoted_from and below.person = titles.person
    cross join switch
),

-- Only what has no reason yet is ranked against each other.
ranked_persons as (
    select
        row_id, candidate_row_id, unit, counts_for, ordinal, level, candidate_no, category, person, venture, awarded_on,
        is_ruled_in, is_promoted, reason,
        row_number() over (
            partition by level, person, reason is null
            order by is_ruled_in desc, awarded_on, ordinal, candidate_no collate "C"
        ) as place,
        count(*) over (partition by level, person, reason is null) as title_count,
        bool_or(is_ruled_in) over (partition by level, person, reason is null) as is_ruled
    from promoted
),

distinct_persons as (
    select
        ranked_persons.row_id, ranked_persons.candidate_row_id, ranked_persons.unit, ranked_persons.counts_for,
        ranked_persons.ordinal, ranked_persons.level, ranked_persons.candidate_no, ranked_persons.category,
        ranked_persons.person, ranked_persons.venture, ranked_persons.awarded_on, ranked_persons.is_ruled_in,
        ranked_persons.is_promoted,
        case
            when ranked_persons.reason is not null then ranked_persons.reason
            when switch.dedupe_person = 'manual' and ranked_persons.title_count > 1 and not ranked_persons.is_ruled
                then 'person_conflict'
            when ranked_persons.place > 1 then 'same_person'
        end as reason
    from ranked_persons
    cross join switch
),

ranked_ventures as (
    select
        row_id, candidate_row_id, unit, counts_for, ordinal, level, candidate_no, category, person, venture, awarded_on,
        is_ruled_in, is_promoted, reason,
        row_number() over (
            partition by level, venture, reason is null
            order by is_ruled_in desc, awarded_on, ordinal, candidate_no collate "C"
        ) as place
    from distinct_persons
),

distinct_ventures as (
    select
        ranked_ventures.row_id, ranked_ventures.candidate_row_id, ranked_ventures.unit, ranked_ventures.counts_for,
        ranked_ventures.ordinal, ranked_ventures.level, ranked_ventures.candidate_no, ranked_ventures.category,
        ranked_ventures.person, ranked_ventures.venture, ranked_ventures.awarded_on, ranked_ventures.is_ruled_in,
        ranked_ventures.is_promoted,
        case
            when ranked_ventures.reason is not null then ranked_ventures.reason
            when switch.dedupe_entity = 'one_per_venture' and ranked_ventures.place > 1 then 'same_venture'
        end as reason
    from ranked_ventures
    cross join switch
),

-- Where a target is a cap, the first ones fill it.
ranked_quotas as (
    select
        titles.row_id, titles.candidate_row_id, titles.unit, titles.counts_for, titles.level, titles.candidate_no,
        titles.category, titles.person, titles.venture, titles.awarded_on, titles.is_ruled_in, titles.is_promoted,
        titles.reason, ref_quota.target,
        row_number() over (
            partition by titles.level, ref_quota.dimension, ref_quota.code, titles.reason is null
            order by titles.is_ruled_in desc, titles.awarded_on, titles.ordinal, titles.candidate_no collate "C"
        ) as place
    from distinct_ventures as titles
    left join ref_quota
        on ref_quota.level = titles.level and ref_quota.is_first_table
        and ref_quota.code = case ref_quota.dimension when 'category' then titles.category else titles.counts_for end
),

judged as (
    select
        ranked_quotas.row_id, ranked_quotas.candidate_row_id, ranked_quotas.unit, ranked_quotas.counts_for,
        ranked_quotas.level, ranked_quotas.candidate_no, ranked_quotas.category, ranked_quotas.person,
        ranked_quotas.venture, ranked_quotas.awarded_on, ranked_quotas.is_ruled_in, ranked_quotas.is_promoted,
        ranked_quotas.awarded_on >= switch.window_starts_on as is_in_window,
        case
            when ranked_quotas.reason is not null then ranked_quotas.reason
            when switch.quota_semantics = 'cap' and ranked_quotas.place > ranked_quotas.target then 'over_quota'
        end as reason
    from ranked_quotas
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
    is_ruled_in,
    is_promoted,
    reason is null as is_counted,
    reason
from judged
