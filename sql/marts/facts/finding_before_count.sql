-- Why: what the checks had found for the period before, beside which this period's findings are told.
-- grain: one finding in one slice; and rows of zero for what this period tells
-- keys: labels, row_id
-- clause: DESIGN, decision 3
-- reads: file_finding, return_slice, ref_trend_period
with told as (
    select '{}'::jsonb as labels
    union
    select labels from return_slice where not labels ? 'period'
    union
    select jsonb_build_object('rule', rule) from file_finding
),

before as (
    select distinct trend from ref_trend_period where ordinal = 1
)

select
    labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from told
union all
select slice.labels, 1::numeric, true, null, 'finding', file_finding.finding_id, file_finding.rule
from file_finding
join before using (trend)
cross join lateral (
    values
        ('{}'::jsonb), (jsonb_build_object('unit', file_finding.unit)), (jsonb_build_object('form', file_finding.form)),
        (jsonb_build_object('rule', file_finding.rule))
) as slice (labels)
