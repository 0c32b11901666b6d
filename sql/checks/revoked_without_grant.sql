-- Why: only a title that was granted can be taken back (五（三）).
-- gives: each revocation without a standing grant on or before its day
-- reads: result_row
with grants as (
    select unit, level, candidate_no, min(decided_on) as granted_on
    from result_row
    where result = 'granted'
    group by unit, level, candidate_no
)

select result_row.submission_id, result_row.sheet, result_row.row_number, 'candidate_no' as field
from result_row
left join grants using (unit, level, candidate_no)
where result_row.result = 'revoked'
    and (grants.granted_on is null or grants.granted_on > result_row.decided_on)
