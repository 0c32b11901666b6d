-- Why: a criterion names the column that it measures, so the value is looked up by name; a new criterion needs no SQL.
-- grain: one candidate of the span against one criterion of its level
-- keys: row_id, criterion
-- clause: 附件1; DOMAIN §2 (switches jobs.exclude_owner: whoever founded it is one more; revenue.window: revenue of
--      another year than the last complete one is no evidence)
-- as: view (each verdict looks at its own criteria)
-- reads: judged_row, ref_criterion, param
with cells as (
    select row_id, unit, level, candidate_no, measured_on, doubts, cell from judged_row
),

switch as (
    select counts_owner, revenue_window, stability_months from param
)

select
    cells.row_id,
    cells.unit,
    cells.level,
    cells.candidate_no,
    ref_criterion.criterion,
    ref_criterion.mode,
    ref_criterion.measure,
    ref_criterion.op,
    ref_criterion.threshold_number,
    ref_criterion.threshold_text,
    ref_criterion.margin_unit,
    ref_criterion.dated_by is not null as must_be_dated,
    ref_criterion.applies_column is null
        or (coalesce(cells.cell ->> ref_criterion.applies_column, '') = any (ref_criterion.applies_words))
            = ref_criterion.applies_in as is_applicable,
    case
        when ref_criterion.counts_staff and switch.counts_owner and cells.cell ->> ref_criterion.measure ~ '^[0-9]+$'
            then ((cells.cell ->> ref_criterion.measure)::numeric + 1)::text
        else cells.cell ->> ref_criterion.measure
    end as value,
    case
        when cells.doubts ->> ref_criterion.measure is not null then cells.doubts ->> ref_criterion.measure
        when ref_criterion.year_of is not null
            and switch.revenue_window = 'last_fiscal_year'
            and cells.cell ->> ref_criterion.measure is not null
            and cells.cell ->> ref_criterion.year_of <> (extract(year from cells.measured_on) - 1)::text
            then 'other_year'
    end as doubt,
    -- Whom the column counts have stayed longer than is asked for (they are the least there are), or less long (the most).
    case when ref_criterion.counts_months <> switch.stability_months
        then sign(ref_criterion.counts_months - switch.stability_months)
    end as bound,
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
    cells.measured_on
from cells
join ref_criterion using (level)
cross join switch
