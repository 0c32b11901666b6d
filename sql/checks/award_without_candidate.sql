-- Why: a title goes to a candidate that the unit has nominated; without the roster's row it counts nowhere (五（三）).
-- gives: each grant whose number is in no standing roster of the same unit and level
-- reads: result_row, current_candidate
select result_row.submission_id, result_row.sheet, result_row.row_number, 'candidate_no' as field
from result_row
left join current_candidate using (unit, level, candidate_no)
where result_row.result = 'granted' and current_candidate.row_id is null
