-- Why: the decisions to grant a title or to take it back that stand, each with the day on which it counts.
-- grain: one row of one current selection result with the result granted or revoked
-- keys: row_id
-- clause: 五（三）; DOMAIN §2 (switch count_at: a grant counts at its decision or at the end of its public notice)
-- reads: selection_result, current_return, param
with returns as (
    select submission_id, period_starts_on from current_return
),

switch as (
    select count_at from param
)

select
    selection_result.row_id,
    selection_result.submission_id,
    selection_result.unit,
    returns.period_starts_on,
    selection_result.candidate_no,
    selection_result.level,
    selection_result.result,
    selection_result.decided_on,
    case
        when switch.count_at = 'notice_end' and selection_result.result = 'granted'
            then coalesce(selection_result.notice_to_on, selection_result.decided_on)
        else selection_result.decided_on
    end as counts_on
from selection_result
join returns using (submission_id)
cross join switch
where selection_result.result in ('granted', 'revoked')
