-- Why: the queries (核实性) on the returns that stand, and whether an accepted explanation answers each.
-- grain: one finding of severity query in the latest check of one current return
-- keys: finding_id
-- clause: DESIGN, decision 3
-- reads: finding, accepted_explanation, current_return
with returns as (
    select submission_id, assessment_id, unit, form, period, period_starts_on from current_return
),

asked as (
    select
        returns.submission_id, returns.unit, returns.form, returns.period, returns.period_starts_on,
        finding.finding_id, finding.code, finding.sheet,
        case when finding.row_number is null then ''
            else coalesce(finding.column_letters, '') || finding.row_number
        end as cell
    from returns
    join finding on finding.assessment_id = returns.assessment_id and finding.severity = 'query'
)

select
    asked.finding_id,
    asked.submission_id,
    asked.unit,
    asked.form,
    asked.period,
    asked.period_starts_on,
    asked.code,
    not exists (
        select from accepted_explanation as answer
        where answer.submission_id = asked.submission_id and answer.code = asked.code
            and (answer.cell is null or (answer.cell = asked.cell and answer.sheet = coalesce(asked.sheet, answer.sheet)))
    ) as is_open
from asked
