-- Why: a level counts once for each candidate; a second grant is a mistake or a grant after a revocation (附件2, 附件3).
-- gives: each grant after another of the same candidate and level with no revocation between
-- reads: result_row
with decisions as (
    select
        submission_id, sheet, row_number, result, decided_on,
        lag(result) over before as earlier_result,
        lag(decided_on) over before as earlier_on
    from result_row
    where result in ('granted', 'revoked')
    window before as (partition by unit, level, candidate_no order by decided_on, period_starts_on, row_id)
)

select submission_id, sheet, row_number, 'candidate_no' as field, earlier_on::text as granted_on
from decisions
where result = 'granted' and earlier_result = 'granted'
