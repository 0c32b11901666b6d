-- Why: the age of a venture decides its level; one credit code has one day of foundation (附件1 （二）).
-- gives: the latest row of each candidate whose venture another row dates otherwise
-- reads: current_candidate, ref_unit
select distinct on (mine.submission_id, mine.row_number)
    mine.submission_id, mine.sheet, mine.row_number, 'established_on' as field, theirs.unit as other_unit,
    theirs.period as other_period
from current_candidate as mine
join current_candidate as theirs
    on theirs.uscc = mine.uscc and theirs.row_id <> mine.row_id and theirs.established_on <> mine.established_on
join ref_unit on ref_unit.code = theirs.unit
order by mine.submission_id, mine.row_number, ref_unit.ordinal, theirs.period_starts_on
