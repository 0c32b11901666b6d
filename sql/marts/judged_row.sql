-- Why: whom criteria judge, with the day at which age is measured, and what a person has waived.
-- grain: one candidate of the span, or one base
-- keys: row_id, level
-- clause: 附件1; DOMAIN §2 (switch age.ref_date: the day at which a venture's age is measured)
-- as: view (each form takes its own)
-- reads: nomination, base_row, title, waived, param
with candidates as (
    select row_id, unit, level, candidate_no, nominated_from, nominated_to, period_ends_on
    from nomination
    where is_in_span
),

waivers as (
    select unit, level, candidate_no, array_agg(criterion) as waived
    from waived
    group by unit, level, candidate_no
),

dated as (
    select
        candidates.row_id, candidates.unit, candidates.level, candidates.candidate_no,
        case param.age_ref_date
            when 'batch_deadline' then candidates.nominated_to
            when 'application' then candidates.period_ends_on
            when 'award' then case when title.is_held then title.awarded_on end
            when 'year_end' then make_date(extract(year from candidates.nominated_from)::int, 12, 31)
        end as measured_on
    from candidates
    left join title using (unit, level, candidate_no)
    cross join param
    union all
    select row_id, unit, level, candidate_no, measured_on
    from base_row
)

select
    dated.row_id,
    dated.unit,
    dated.level,
    dated.candidate_no,
    dated.measured_on,
    waivers.waived
from dated
left join waivers using (unit, level, candidate_no)
