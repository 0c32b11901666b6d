-- Why: every row of the selection results that stand, with the cell, for the checks across returns.
-- grain: one row of one current selection result
-- keys: row_id
-- clause: 五（三）
-- reads: selection_result, current_return
with returns as (
    select submission_id, period, period_starts_on from current_return
)

select
    selection_result.row_id,
    selection_result.submission_id,
    selection_result.sheet,
    selection_result.row_number,
    selection_result.unit,
    returns.period,
    returns.period_starts_on,
    selection_result.candidate_no,
    selection_result.level,
    selection_result.result,
    nullif(selection_result.event_no, '') as event_no,
    selection_result.notice_to_on,
    selection_result.decided_on
from selection_result
join returns using (submission_id)
