-- Why: a candidate stands in the return of the month of nomination, and later returns update the row.
-- grain: one candidate of one unit at one level, as the latest return gives it
-- keys: unit, level, candidate_no
-- clause: DESIGN, the shape of a return
-- reads: candidate_row, ref_unit, param
with ranked as (
    select
        row_id, unit, level, candidate_no, category, person, venture, period_ends_on,
        row_number() over (
            partition by unit, level, candidate_no order by period_starts_on desc, row_id desc
        ) as age_rank,
        min(period_starts_on) over (partition by unit, level, candidate_no) as nominated_from
    from candidate_row
),

latest as (
    select row_id, unit, level, candidate_no, category, person, venture, period_ends_on, nominated_from
    from ranked
    where age_rank = 1
),

-- The end of the period in which the first row came.
first_period as (
    select distinct period_starts_on as nominated_from, min(period_ends_on) as nominated_to
    from candidate_row
    group by period_starts_on
)

select
    latest.row_id,
    latest.unit,
    ref_unit.counts_for,
    latest.level,
    latest.candidate_no,
    latest.category,
    latest.person,
    latest.venture,
    latest.period_ends_on,
    latest.nominated_from,
    first_period.nominated_to,
    latest.nominated_from <= param.window_ends_on as is_in_span
from latest
join first_period using (nominated_from)
join ref_unit on ref_unit.code = latest.unit
cross join param
