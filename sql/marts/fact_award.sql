-- What the figures of awards add up: each title once per figure it belongs to, counted or with its reason.
-- Grain: one title in one figure.  Keys: name, labels, row_id.
-- reads: param, ref_quota, award
with dimensions as (
    select distinct
        level,
        dimension
    from ref_quota
),

labelled as (
    select
        award.*,
        jsonb_build_object('level', award.level) as labels
    from award
    union all
    select
        award.*,
        jsonb_build_object('level', award.level, 'category', award.category) as labels
    from award
    inner join dimensions on award.level = dimensions.level and dimensions.dimension = 'category'
    where award.category is not null
    union all
    select
        award.*,
        jsonb_build_object('level', award.level, 'unit', award.reporting_unit) as labels
    from award
    inner join dimensions on award.level = dimensions.level and dimensions.dimension = 'unit'
),

named as (
    select
        'awarded_count' as name,
        labelled.*
    from labelled
    union all
    select
        'awarded_in_period_count' as name,
        labelled.*
    from labelled
    cross join param
    where labelled.counted_on >= param.window_starts_on
)

select
    name,
    labels,
    1::numeric as contribution,
    is_counted as counted,
    reason,
    'selection_result' as form,
    row_id,
    submission_id,
    candidate_row_id,
    'decided_on' as field
from named
union all
select
    'awarded_by_month_count' as name,
    jsonb_build_object('level', award.level, 'month', to_char(award.counted_on, 'YYYY-MM')) as labels,
    1::numeric as contribution,
    award.is_counted as counted,
    award.reason,
    'selection_result' as form,
    award.row_id,
    award.submission_id,
    award.candidate_row_id,
    'decided_on' as field
from award
cross join param
where award.counted_on >= param.window_starts_on
union all
select
    'award_excluded_count' as name,
    jsonb_build_object('reason', award.reason) as labels,
    1::numeric as contribution,
    true as counted,
    null as reason,
    'selection_result' as form,
    award.row_id,
    award.submission_id,
    award.candidate_row_id,
    'candidate_no' as field
from award
where not award.is_counted
