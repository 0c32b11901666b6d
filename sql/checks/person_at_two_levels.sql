-- Why: levels are not nested, and each is judged by itself; a person at two of them is allowed and worth a look (附件1).
-- gives: the latest row of each candidate whose person is also a candidate at another level
-- reads: current_candidate, ref_level
select distinct on (mine.submission_id, mine.row_number)
    mine.submission_id, mine.sheet, mine.row_number, 'level' as field, theirs.level as other_level
from current_candidate as mine
join current_candidate as theirs on theirs.person = mine.person and theirs.level <> mine.level
join ref_level on ref_level.level = theirs.level
order by mine.submission_id, mine.row_number, ref_level.ordinal
