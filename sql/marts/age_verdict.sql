-- Why: judges a venture's age by calendar anniversaries (29 February → 28 February); a date known only to its month
--      or year is judged at both ends, and is for a person to review where they disagree.
-- grain: one candidate against one criterion with the op within_years or at_least_years
-- keys: row_id, criterion
-- clause: 附件1 （二）; DOMAIN §2 (switch age.partial_date: first, last or review)
-- as: view (read once)
-- reads: age_input, param
with inputs as (
    select
        row_id, unit, level, candidate_no, waived, criterion, is_applicable, op, value, moment, doubt, precision,
        measured_on, threshold_number, margin_unit
    from age_input
),

stated as (
    select
        row_id, unit, level, candidate_no, waived, criterion, is_applicable, op, value, doubt, measured_on,
        threshold_number, margin_unit,
        make_interval(months => round(threshold_number * 12)::int) as years,
        case precision
            when 'month' then date_trunc('month', moment)::date
            when 'year' then date_trunc('year', moment)::date
            else moment::date
        end as earliest_on,
        case precision
            when 'month' then (date_trunc('month', moment) + interval '1 month - 1 day')::date
            when 'year' then (date_trunc('year', moment) + interval '1 year - 1 day')::date
            else moment::date
        end as latest_on
    from inputs
),

bounded as (
    select
        stated.row_id, stated.unit, stated.level, stated.candidate_no, stated.waived, stated.criterion,
        stated.is_applicable, stated.op, stated.value,
        stated.doubt, stated.measured_on, stated.threshold_number, stated.margin_unit, stated.years,
        case when param.age_partial_date = 'last' then stated.latest_on else stated.earliest_on end as earliest_on,
        case when param.age_partial_date = 'first' then stated.earliest_on else stated.latest_on end as latest_on
    from stated
    cross join param
),

-- Days to spare at the less and at the more favourable end.
spared as (
    select
        row_id, unit, level, candidate_no, waived, criterion, is_applicable, value, doubt, measured_on,
        threshold_number, margin_unit,
        earliest_on,
        case op
            when 'within_years' then (earliest_on + years)::date - measured_on
            else measured_on - (latest_on + years)::date
        end as least_days,
        case op
            when 'within_years' then (latest_on + years)::date - measured_on
            else measured_on - (earliest_on + years)::date
        end as most_days
    from bounded
)

select
    row_id,
    unit,
    level,
    candidate_no,
    waived,
    criterion,
    case
        when not is_applicable then 'pass'
        when doubt is not null then 'needs_review'
        when value is null then 'not_provided'
        -- A criterion may measure a column of text; what is no date there is for a person.
        when earliest_on is null then 'needs_review'
        when measured_on is null then 'not_provided'
        when measured_on < earliest_on then 'needs_review'
        when least_days >= 0 then 'pass'
        when most_days < 0 then 'fail'
        else 'needs_review'
    end as verdict,
    case
        when not is_applicable then 'not_applicable'
        when doubt is not null then doubt
        when value is null then 'empty'
        when earliest_on is null then 'unreadable'
        when measured_on is null then 'no_reference_date'
        when measured_on < earliest_on then 'before_establishment'
        when least_days >= 0 then null
        when most_days < 0 then 'out_of_bounds'
        else 'partial_date'
    end as reason,
    case when is_applicable then value end as measured,
    case when is_applicable then threshold_number::text end as threshold,
    case when is_applicable then least_days::numeric end as margin,
    margin_unit
from spared
