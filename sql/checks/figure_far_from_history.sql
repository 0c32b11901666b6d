-- Why: a figure far outside the unit's own earlier months is often a slip of the unit, or one digit too many.
-- gives: each flow of a return that is many times the median of the same unit's earlier returns
-- reads: form_number, ref_checked, current_return
with returns as (
    select
        form_number.unit, form_number.form, form_number.field, form_number.submission_id,
        min(form_number.sheet) as sheet, min(form_number.row_number) as row_number,
        current_return.period_starts_on, sum(form_number.value) as value
    from form_number
    join ref_checked using (form, field)
    join current_return using (submission_id)
    where ref_checked.rule = 'figure_far_from_history'
    group by
        form_number.unit, form_number.form, form_number.field, form_number.submission_id,
        current_return.period_starts_on
),

compared as (
    select
        mine.submission_id, mine.sheet, mine.row_number, mine.field, mine.value,
        percentile_cont(0.5) within group (order by earlier.value) as usual,
        count(*) as return_count
    from returns as mine
    join returns as earlier using (unit, form, field)
    where earlier.period_starts_on < mine.period_starts_on and earlier.value > 0
    group by mine.submission_id, mine.sheet, mine.row_number, mine.field, mine.value
)

select submission_id, sheet, row_number, field, return_count
from compared
where return_count >= %(min_returns)s and value >= usual * %(times)s
