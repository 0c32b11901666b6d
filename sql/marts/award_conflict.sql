-- Why: titles of one person, or of one venture, at one level: what a rule settled for now, and a person is to decide.
-- grain: one title in one conflict
-- keys: conflict, level, group_no, unit, candidate_no
-- clause: DOMAIN §2 (switches dedupe.person, dedupe.entity): conflict → manual
-- reads: award, ref_unit
with rivals as (
    select
        award.row_id, award.candidate_row_id, award.unit, ref_unit.ordinal, award.level, award.candidate_no,
        award.awarded_on, award.person, award.venture, award.is_ruled_in, award.is_counted, award.reason
    from award
    join ref_unit on ref_unit.code = award.unit
    where award.is_counted or award.reason in ('same_person', 'same_venture', 'person_conflict', 'ruled_out')
),

grouped as (
    select
        'person' as conflict, rivals.row_id, candidate_row_id, unit, ordinal, level, candidate_no, awarded_on, is_ruled_in,
        is_counted, reason, dense_rank() over (order by level, person) as group_no,
        count(*) over (partition by level, person) as title_count,
        bool_or(is_ruled_in or reason = 'ruled_out') over (partition by level, person) as is_ruled
    from rivals
    union all
    select
        'venture', rivals.row_id, candidate_row_id, unit, ordinal, level, candidate_no, awarded_on, is_ruled_in,
        is_counted, reason, dense_rank() over (order by level, venture),
        count(*) over (partition by level, venture),
        bool_or(is_ruled_in or reason = 'ruled_out') over (partition by level, venture)
    from rivals
)

select
    conflict, group_no, row_id, candidate_row_id, unit, ordinal, level, candidate_no, awarded_on, is_counted, reason,
    coalesce(is_ruled, false) as is_ruled
from grouped
where title_count > 1
