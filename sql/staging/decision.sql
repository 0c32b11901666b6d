-- Grants and revocations up to the window's end, by the date that counts (switch count_at).
-- Grain: one decision on one candidate.  Keys: row_id.
-- reads: param, current_return
with dated as (
    select
        selection_result.row_id,
        selection_result.submission_id,
        selection_result.unit,
        current_return.reporting_unit,
        current_return.unit_ordinal,
        current_return.period_ends_on,
        selection_result.level,
        selection_result.candidate_no,
        selection_result.result,
        selection_result.document_no,
        case
            when param.count_at = 'notice_end' and selection_result.result = 'granted'
                then selection_result.notice_to_on
            else selection_result.decided_on
        end as counted_on
    from selection_result
    inner join current_return using (submission_id)
    cross join param
    where selection_result.result in ('granted', 'revoked')
)

select
    dated.row_id,
    dated.submission_id,
    dated.unit,
    dated.reporting_unit,
    dated.unit_ordinal,
    dated.level,
    dated.candidate_no,
    dated.result,
    dated.document_no,
    dated.counted_on,
    row_number() over (
        partition by dated.unit, dated.level, dated.candidate_no
        order by dated.counted_on, dated.period_ends_on, dated.row_id
    ) as step
from dated
cross join param
where dated.counted_on between param.programme_starts_on and param.window_ends_on
