-- Why: a criterion names the column that it measures, so the value is looked up by name; a new criterion needs no SQL.
-- grain: one candidate of the span against one criterion of its level
-- keys: row_id, criterion
-- clause: 附件1; DOMAIN §2 (switch age.ref_date: the day at which a venture's age is measured)
-- reads: candidate, nomination, title, ref_criterion, param
with candidates as (
    select row_id, unit, level, candidate_no, nominated_from, nominated_to, period_ends_on
    from nomination
    where is_in_span
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
),

-- Once for each row, not once for each lookup.
cells as materialized (
    select candidate.row_id, nullif(candidate.doubts, '{}') as doubts, to_jsonb(candidate) as cell
    from candidate
    join candidates using (row_id)
)

select
    dated.row_id,
    dated.unit,
    dated.level,
    dated.candidate_no,
    ref_criterion.criterion,
    ref_criterion.mode,
    ref_criterion.measure,
    ref_criterion.op,
    ref_criterion.threshold_number,
    ref_criterion.threshold_text,
    ref_criterion.margin_unit,
    ref_criterion.dated_by is not null as must_be_dated,
    cells.cell ->> ref_criterion.measure as value,
    cells.doubts ->> ref_criterion.measure as doubt,
    case
        when ref_criterion.op in ('within_years', 'at_least_years')
            then cells.cell ->> (ref_criterion.measure || '_precision')
    end as precision,
    -- Columns of dates alone have a precision beside them.
    case
        when ref_criterion.op in ('within_years', 'at_least_years')
            then cells.cell ? (ref_criterion.measure || '_precision')
    end as is_date,
    cells.cell ->> ref_criterion.dated_by as checked_on,
    dated.measured_on
from dated
join cells using (row_id)
join ref_criterion using (level)
