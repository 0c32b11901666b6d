-- Why: what counts from a base's opening can only grow; less than last time is a slip or a correction (四（六）).
-- gives: each such column of a record that is below that of the same record in the earlier standing return
-- reads: form_number, ref_checked, current_return
with stocks as (
    select
        form_number.submission_id, form_number.sheet, form_number.row_number, form_number.field, form_number.value,
        lag(form_number.value) over before as earlier,
        lag(current_return.period) over before as other_period
    from form_number
    join ref_checked using (form, field)
    join current_return using (submission_id)
    where ref_checked.rule = 'stock_fell'
    window before as (
        partition by form_number.unit, form_number.form, form_number.field, form_number.record
        order by current_return.period_starts_on, form_number.row_number
    )
)

select submission_id, sheet, row_number, field, other_period
from stocks
where value < earlier
