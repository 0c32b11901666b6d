-- Why: the queries (核实性) on the returns that stand, and whether they are explained as far as was known.
-- grain: one finding of severity query in the latest check of one current return
-- keys: finding_id
-- clause: DESIGN, decision 3
-- reads: finding, explanation, current_return, param
with returns as (
    select submission_id, assessment_id, unit, form, period, period_starts_on from current_return
),

explained as (
    select distinct explanation.submission_id, explanation.code
    from explanation
    cross join param
    where explanation.recorded_at <= param.known_at
)

select
    finding.finding_id,
    returns.submission_id,
    returns.unit,
    returns.form,
    returns.period,
    returns.period_starts_on,
    finding.code,
    explained.code is null as is_open
from returns
join finding on finding.assessment_id = returns.assessment_id and finding.severity = 'query'
left join explained on explained.submission_id = returns.submission_id and explained.code = finding.code
