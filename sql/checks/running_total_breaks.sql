-- Why: 本月 and 累计 run on: the running total is that of the month before and this month's flow, to the last fen.
-- gives: each running total that is another; a month without a standing return before it has nothing to be held against
-- reads: form_number, ref_running_total, current_return
with monthly as (
    select
        form_number.unit, form_number.form, ref_running_total.total_column, current_return.period_starts_on,
        form_number.submission_id, form_number.sheet, form_number.row_number, total.value as total,
        form_number.value as flow
    from ref_running_total
    join form_number
        on form_number.form = ref_running_total.form and form_number.field = ref_running_total.month_column
    join form_number as total
        on total.form = form_number.form and total.row_id = form_number.row_id
        and total.field = ref_running_total.total_column
    join current_return on current_return.submission_id = form_number.submission_id
),

followed as (
    select
        submission_id, sheet, row_number, total_column, total, flow, period_starts_on,
        lag(total) over before as earlier_total,
        lag(period_starts_on) over before as earlier_on
    from monthly
    window before as (partition by unit, form, total_column order by period_starts_on, row_number)
)

select
    submission_id, sheet, row_number, total_column as field, (earlier_total + flow)::text as computed
from followed
where earlier_on = period_starts_on - interval '1 month'
    and total is distinct from earlier_total + flow
