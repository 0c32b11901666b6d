-- Why: of the accepted versions of a return, the one that counts as of the instant.
-- grain: one return that stands: a unit, a form and a period
-- keys: unit, form, period
-- clause: DESIGN, decision 4: a correction is a new version; going back to an earlier one is a new acceptance
-- reads: known_submission
with standing as (
    select distinct on (unit, form, period)
        submission_id, unit, form, period, received_at, is_nil, assessment_id, acceptance_id, effective_at
    from known_submission
    where acceptance_id is not null
    order by unit, form, period, effective_at desc, acceptance_id desc
),

-- A period is written 2022-03, 2022Q1 or 2022.
begun as (
    select
        standing.submission_id,
        case
            when period like '____-__' then make_date(left(period, 4)::int, right(period, 2)::int, 1)
            when period like '____Q_' then make_date(left(period, 4)::int, right(period, 1)::int * 3 - 2, 1)
            else make_date(period::int, 1, 1)
        end as period_starts_on,
        case
            when period like '____-__' then interval '1 month'
            when period like '____Q_' then interval '3 months'
            else interval '1 year'
        end as length
    from standing
)

select
    standing.submission_id,
    standing.unit,
    standing.form,
    standing.period,
    begun.period_starts_on,
    (begun.period_starts_on + begun.length - interval '1 day')::date as period_ends_on,
    standing.received_at,
    standing.is_nil,
    standing.assessment_id,
    standing.acceptance_id,
    standing.effective_at
from standing
join begun using (submission_id)
