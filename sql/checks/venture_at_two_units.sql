-- Why: a venture counts once at a level, whoever nominates it (附件2, 附件3).
-- gives: the latest row of each candidate whose credit code another unit nominates at the same level
-- reads: current_candidate, ref_unit
with candidates as (
    select
        current_candidate.submission_id, current_candidate.sheet, current_candidate.row_number,
        current_candidate.level, current_candidate.uscc, current_candidate.unit, ref_unit.counts_for, ref_unit.ordinal
    from current_candidate
    join ref_unit on ref_unit.code = current_candidate.unit
)

select distinct on (mine.submission_id, mine.row_number)
    mine.submission_id, mine.sheet, mine.row_number, 'uscc' as field, theirs.unit as other_unit
from candidates as mine
join candidates as theirs
    on theirs.uscc = mine.uscc and theirs.level = mine.level and theirs.counts_for <> mine.counts_for
order by mine.submission_id, mine.row_number, theirs.ordinal
