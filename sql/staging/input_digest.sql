-- Why: names exactly what was read; while it stays the same nothing needs computing again.
-- grain: one row
-- keys: digest
-- clause: DESIGN, decision 5: cost follows the change
-- reads: known_submission, current_return, waived, ruled, exempted, query_row, known_explanation, ref_trend_return,
--        param
with line as (
    select concat_ws(
        ' ', 'submission', known.submission_id, known.unit, known.form, known.period, known.status,
        known.assessment_id,
        known.acceptance_id is not null, standing.submission_id is not null
    ) as content
    from known_submission as known
    left join current_return as standing using (submission_id)
    union all
    select concat_ws(' ', 'waiver', unit, level, candidate_no, criterion) from waived
    union all
    select concat_ws(' ', 'ruling', unit, level, candidate_no, ruling) from ruled
    union all
    select concat_ws(' ', 'exempt', unit, form, period) from exempted
    union all
    select concat_ws(' ', 'query', finding_id, is_open) from query_row
    union all
    select concat_ws(' ', 'explanation', explanation_id, coalesce(decision, 'waiting')) from known_explanation
    union all
    -- The quality of returns is told of those that were due: it moves with the instant alone.
    select concat_ws(' ', 'due', count(*))
    from ref_trend_return
    cross join param
    where ref_trend_return.due_at <= param.as_of
)

select encode(sha256(convert_to(coalesce(string_agg(content, e'\n' order by content), ''), 'UTF8')), 'hex') as digest
from line
