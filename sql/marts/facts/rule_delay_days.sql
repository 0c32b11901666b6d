-- Why: what a rule costs in time: the days from the first file of a return to the first that was taken, for returns
--      whose first file had an error of it. A return with errors of two rules counts for both.
-- grain: one return that was taken after all, by rule; and a row of zero for each rule found in the period
-- keys: labels, subject
-- clause: DESIGN, decision 3
-- reads: file_finding, return_quality
with found as (
    select distinct rule, submission_id as first_submission_id
    from file_finding
    where is_current and severity = 'error'
)

select distinct
    jsonb_build_object('rule', rule) as labels, 0::numeric as contribution, true as is_counted, null::text as reason,
    null::text as form, null::bigint as row_id, null::text as subject
from file_finding
where is_current
union all
select
    jsonb_build_object('rule', found.rule),
    round(extract(epoch from late.accepted_at - late.first_received_at) / 86400, 1), true, null, 'submission',
    late.first_submission_id, concat_ws(' ', late.unit, late.form, late.period)
from found
join return_quality as late using (first_submission_id)
where late.accepted_at > late.first_received_at
