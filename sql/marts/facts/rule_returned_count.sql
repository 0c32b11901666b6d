-- Why: what a rule costs: the files of the period that went back to their office with at least one error of it.
-- grain: one file that was sent back or refused, by rule; and a row of zero for each rule found in the period
-- keys: labels, row_id
-- clause: DESIGN, decision 3
-- reads: file_finding
with found as (
    select distinct rule, submission_id, concat_ws(' ', unit, form, period) as subject
    from file_finding
    where is_current and severity = 'error' and first_status in ('returned', 'refused')
)

select distinct
    jsonb_build_object('rule', rule) as labels, 0::numeric as contribution, true as is_counted, null::text as reason,
    null::text as form, null::bigint as row_id, null::text as subject
from file_finding
where is_current
union all
select jsonb_build_object('rule', rule), 1::numeric, true, null, 'submission', submission_id, subject
from found
