-- Why: a candidate stands in the return of the month of nomination, and later returns update the row.
-- grain: one candidate of one unit at one level of persons, as the latest return gives it
-- keys: unit, level, candidate_no
-- clause: DESIGN, the shape of a return; DOMAIN §2 (switch attribution: by the unit that submits, or by the district
--      where the venture is registered, for what districts submit)
-- reads: candidate_row, ref_level, ref_unit, ref_division, param
with ranked as (
    select
        row_id, unit, level, candidate_no, category, person, venture, registered_division, period_ends_on,
        row_number() over (
            partition by unit, level, candidate_no order by period_starts_on desc, row_id desc
        ) as age_rank,
        min(period_starts_on) over (partition by unit, level, candidate_no) as nominated_from,
        min(period_ends_on) over (partition by unit, level, candidate_no) as nominated_to
    from candidate_row
    join ref_level using (level)
),

latest as (
    select
        row_id, unit, level, candidate_no, category, person, venture, registered_division, period_ends_on,
        nominated_from, nominated_to
    from ranked
    where age_rank = 1
)

select
    latest.row_id,
    latest.unit,
    case when param.attribution = 'address' and ref_unit.is_area
        then coalesce(ref_division.counts_for, ref_unit.counts_for)
        else ref_unit.counts_for
    end as counts_for,
    latest.level,
    latest.candidate_no,
    latest.category,
    latest.person,
    latest.venture,
    latest.period_ends_on,
    latest.nominated_from,
    latest.nominated_to,
    latest.nominated_from <= param.window_ends_on as is_in_span
from latest
join ref_unit on ref_unit.code = latest.unit
left join ref_division on ref_division.name = latest.registered_division
cross join param
