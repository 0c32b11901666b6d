-- Why: no award counts before the programme starts, after it ends, or after the window (三).
-- gives: the decision rows that do
-- reads: award, param
select award.row_id, award.awarded_on
from award
cross join param
where award.is_counted
    and (
        award.awarded_on < param.programme_starts_on
        or award.awarded_on > least(param.programme_ends_on, param.window_ends_on)
    )
