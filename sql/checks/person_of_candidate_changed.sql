-- Why: a number names one candidate; a later return updates it and cannot put another person in its place.
-- gives: the latest row of each candidate whose earlier standing return names another person
-- reads: candidate_row, current_candidate, current_return
with earlier as (
    select candidate_row.unit, candidate_row.level, candidate_row.candidate_no, candidate_row.person,
        current_return.period, candidate_row.period_starts_on
    from candidate_row
    join current_return using (submission_id)
)

select distinct on (current_candidate.submission_id, current_candidate.row_number)
    current_candidate.submission_id, current_candidate.sheet, current_candidate.row_number, 'id_number' as field,
    earlier.period as other_period
from current_candidate
join earlier using (unit, level, candidate_no)
where earlier.period_starts_on < current_candidate.period_starts_on
    and earlier.person <> current_candidate.person
order by current_candidate.submission_id, current_candidate.row_number, earlier.period_starts_on desc
