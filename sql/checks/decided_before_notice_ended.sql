-- Why: a title is granted after its public notice, also when the notice stands in an earlier return (五（三）).
-- gives: each grant dated before the last day of the notice that an earlier row announced
-- reads: result_row
with announced as (
    select unit, level, candidate_no, max(notice_to_on) as notice_to_on
    from result_row
    where result = 'proposed'
    group by unit, level, candidate_no
)

select
    result_row.submission_id, result_row.sheet, result_row.row_number, 'decided_on' as field,
    announced.notice_to_on::text as notice_to
from result_row
join announced using (unit, level, candidate_no)
where result_row.result = 'granted' and result_row.decided_on < announced.notice_to_on
