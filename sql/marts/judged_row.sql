-- Why: whom criteria judge, with the day at which age is measured and what the row says, by the names of its columns.
-- grain: one candidate of the span, or one base
-- keys: row_id, level
-- clause: 附件1; DOMAIN §2 (switch age.ref_date: the day at which a venture's age is measured)
-- reads: candidate_cell, nomination, base_row, title, param
with candidates as (
    select row_id, unit, level, candidate_no, nominated_from, nominated_to, period_ends_on
    from nomination
    where is_in_span
)

select
    candidates.row_id,
    candidates.unit,
    candidates.level,
    candidates.candidate_no,
    case param.age_ref_date
        when 'batch_deadline' then candidates.nominated_to
        when 'application' then candidates.period_ends_on
        when 'award' then case when title.is_held then title.awarded_on end
        when 'year_end' then make_date(extract(year from candidates.nominated_from)::int, 12, 31)
    end as measured_on,
    nullif(candidate_cell.doubts, '{}') as doubts,
    candidate_cell.cell
from candidates
join candidate_cell using (row_id)
left join title using (unit, level, candidate_no)
cross join param
union all
select row_id, unit, level, candidate_no, measured_on, nullif(doubts, '{}'), cell
from base_row
