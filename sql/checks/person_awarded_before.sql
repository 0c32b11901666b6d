-- Why: a level counts once for each person; who holds it already is nominated in vain (附件2, 附件3).
-- gives: the latest row of each candidate first nominated after the same person's grant at that level elsewhere
-- reads: candidate_row, current_candidate, result_row
with nominated as (
    select unit, level, candidate_no, min(period_starts_on) as first_on
    from candidate_row
    group by unit, level, candidate_no
),

held as (
    select current_candidate.person, result_row.unit, result_row.level, result_row.candidate_no, result_row.decided_on
    from result_row
    join current_candidate using (unit, level, candidate_no)
    where result_row.result = 'granted'
)

select distinct on (current_candidate.submission_id, current_candidate.row_number)
    current_candidate.submission_id, current_candidate.sheet, current_candidate.row_number, 'id_number' as field,
    held.unit as other_unit, held.decided_on::text as granted_on
from current_candidate
join nominated using (unit, level, candidate_no)
join held
    on held.person = current_candidate.person
    and held.level = current_candidate.level
    and (held.unit, held.candidate_no) <> (current_candidate.unit, current_candidate.candidate_no)
    and held.decided_on < nominated.first_on
order by current_candidate.submission_id, current_candidate.row_number, held.decided_on
