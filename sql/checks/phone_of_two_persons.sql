-- Why: a number that stands for two persons is often an agent's, or copied from the row above.
-- gives: the latest row of each candidate whose mobile another person also gives
-- reads: current_candidate, ref_unit
select distinct on (mine.submission_id, mine.row_number)
    mine.submission_id, mine.sheet, mine.row_number, 'phone' as field, theirs.unit as other_unit
from current_candidate as mine
join current_candidate as theirs on theirs.phone = mine.phone and theirs.person <> mine.person
join ref_unit on ref_unit.code = theirs.unit
order by mine.submission_id, mine.row_number, theirs.unit <> mine.unit desc, ref_unit.ordinal
