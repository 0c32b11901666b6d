-- Why: who nominates for a level is fixed; another unit's nomination cannot be decided upon (五（三）).
-- gives: the latest row of each candidate at a level for which its unit does not nominate
-- reads: current_candidate, ref_nominator, ref_unit
select
    current_candidate.submission_id, current_candidate.sheet, current_candidate.row_number, 'level' as field
from current_candidate
join ref_unit on ref_unit.code = current_candidate.unit
left join ref_nominator
    on ref_nominator.level = current_candidate.level
    and ref_nominator.unit in (current_candidate.unit, ref_unit.counts_for)
where ref_nominator.unit is null
