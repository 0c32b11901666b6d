-- Why: what the checks found in all files received for the period, corrected since or not: in all, by severity, by
--      unit, by form, by rule; and period by period.
-- grain: one finding in one slice; and rows of zero for the severities, and for the units and forms that owe
-- keys: labels, row_id
-- clause: DESIGN, decision 3
-- reads: file_finding, return_slice, ref_severity
with slices as (
    select '{}'::jsonb as labels
    union all
    select distinct labels from return_slice
)

select
    jsonb_strip_nulls(slices.labels || jsonb_build_object('severity', severity.code)) as labels,
    0::numeric as contribution, true as is_counted, null::text as reason, null::text as form, null::bigint as row_id,
    null::text as subject
from slices
cross join (select code from ref_severity union all select null) as severity
union all
select slice.labels, 1::numeric, true, null, 'finding', file_finding.finding_id, file_finding.rule
from file_finding
cross join lateral (
    values
        ('{}'::jsonb, file_finding.is_current),
        (jsonb_build_object('severity', file_finding.severity), file_finding.is_current),
        (jsonb_build_object('unit', file_finding.unit), file_finding.is_current),
        (jsonb_build_object('unit', file_finding.unit, 'severity', file_finding.severity), file_finding.is_current),
        (jsonb_build_object('form', file_finding.form), file_finding.is_current),
        (jsonb_build_object('form', file_finding.form, 'severity', file_finding.severity), file_finding.is_current),
        (jsonb_build_object('rule', file_finding.rule), file_finding.is_current),
        (jsonb_build_object('period', file_finding.trend), true),
        (jsonb_build_object('period', file_finding.trend, 'severity', file_finding.severity), true)
) as slice (labels, holds)
where slice.holds
