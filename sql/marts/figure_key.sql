-- Every figure that a report has, so that a zero is a row too. In the official order of the programme.
-- Grain: one figure.  Keys: name, labels.
-- reads: param, ref_unit, ref_category, ref_level, ref_criterion, ref_quota, ref_competition, ref_cadence, award,
-- ref_expected_return
with person_level as (
    select
        code,
        ordinal
    from ref_level
    where subject = 'person'
),

quota_label as (
    select
        level,
        ordinal,
        jsonb_build_object('level', level, dimension, code) as labels
    from ref_quota
),

award_label as (
    select
        code as level,
        ordinal * 1000 as ordinal,
        jsonb_build_object('level', code) as labels
    from person_level
    union all
    select
        quota_label.level,
        person_level.ordinal * 1000 + quota_label.ordinal as ordinal,
        quota_label.labels
    from quota_label
    inner join person_level on quota_label.level = person_level.code
),

award_key as (
    select
        named.name,
        award_label.labels,
        'person' as unit,
        named.family * 1000000 + award_label.ordinal as ordinal
    from award_label
    cross join (values (2, 'awarded_count'), (3, 'awarded_in_period_count')) as named (family, name)
),

month_key as (
    select
        'awarded_by_month_count' as name,
        jsonb_build_object('level', person_level.code, 'month', to_char(month, 'YYYY-MM')) as labels,
        'person' as unit,
        4000000 + person_level.ordinal * 1000 + row_number() over (partition by person_level.code order by month)
            as ordinal
    from person_level
    cross join param
    cross join lateral generate_series(
        date_trunc('month', param.window_starts_on::timestamp), param.window_ends_on::timestamp, interval '1 month'
    ) as month
),

excluded_key as (
    select
        'award_excluded_count' as name,
        jsonb_build_object('reason', reason) as labels,
        'person' as unit,
        5000000 + row_number() over (order by reason) as ordinal
    from award
    where reason is not null
    group by reason
),

candidate_key as (
    select
        'candidate_count' as name,
        label.labels,
        'person' as unit,
        6000000 + person_level.ordinal * 1000 + label.ordinal as ordinal
    from person_level
    cross join lateral (
        select
            0 as ordinal,
            jsonb_build_object('level', person_level.code) as labels
        union all
        select
            100 + ref_category.ordinal,
            jsonb_build_object('level', person_level.code, 'category', ref_category.code)
        from ref_category
        union all
        select
            200 + ref_unit.ordinal,
            jsonb_build_object('level', person_level.code, 'unit', ref_unit.code)
        from ref_unit
        where
            ref_unit.code = ref_unit.reporting_unit
            and ref_unit.code in (select unit from ref_expected_return)
    ) as label
),

verdict_key as (
    select
        'criterion_verdict_count' as name,
        jsonb_build_object('level', person_level.code, 'criterion', ref_criterion.criterion, 'verdict', verdict.code)
            as labels,
        'person' as unit,
        7000000 + person_level.ordinal * 1000 + ref_criterion.ordinal * 10 + verdict.ordinal as ordinal
    from person_level
    inner join ref_criterion on person_level.code = ref_criterion.level
    cross join (
        values (1, 'pass'), (2, 'fail'), (3, 'needs_review'), (4, 'not_provided'), (5, 'waived')
    ) as verdict (ordinal, code)
),

event_key as (
    select
        'event_count' as name,
        label.labels,
        'event' as unit,
        8000000 + label.ordinal as ordinal
    from (
        select
            0 as ordinal,
            '{}'::jsonb as labels
        union all
        select
            ordinal,
            jsonb_build_object('cadence', code)
        from ref_cadence
        union all
        select
            100 + ordinal * 10,
            jsonb_build_object('competition', code)
        from ref_competition
        union all
        select
            100 + ref_competition.ordinal * 10 + ref_cadence.ordinal,
            jsonb_build_object('competition', ref_competition.code, 'cadence', ref_cadence.code)
        from ref_competition
        cross join ref_cadence
    ) as label
),

return_key as (
    select
        'return_count' as name,
        label.labels,
        'return' as unit,
        9000000 + label.ordinal + state.ordinal as ordinal
    from (
        values
        (1, 'expected'), (2, 'received'), (3, 'accepted'), (4, 'returned'), (5, 'missing'), (6, 'nil'), (7, 'late')
    ) as state (ordinal, code)
    cross join lateral (
        select
            0 as ordinal,
            jsonb_build_object('state', state.code) as labels
        union all
        select
            ref_unit.ordinal * 10,
            jsonb_build_object('state', state.code, 'unit', ref_unit.code)
        from ref_unit
        where ref_unit.code in (select unit from ref_expected_return)
    ) as label
)

select name, labels, unit, ordinal
from award_key
union all
select name, labels, unit, ordinal
from month_key
union all
select name, labels, unit, ordinal
from excluded_key
union all
select name, labels, unit, ordinal
from candidate_key
union all
select name, labels, unit, ordinal
from verdict_key
union all
select name, labels, unit, ordinal
from event_key
union all
select name, labels, unit, ordinal
from return_key
union all
select 'query_open_count', '{}'::jsonb, 'query', 9900000
