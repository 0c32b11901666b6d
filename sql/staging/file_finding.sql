-- Why: what the checks found in the files received for the report's period and those of its trend. The latest check of
--      a file speaks, for it holds also what came to light between the returns.
-- grain: one finding of one file
-- keys: finding_id
-- clause: DESIGN, decision 3
-- reads: finding, checked_file
select
    checked_file.trend,
    checked_file.is_current,
    checked_file.submission_id,
    checked_file.unit,
    checked_file.form,
    checked_file.period,
    checked_file.first_status,
    finding.finding_id,
    finding.code as rule,
    finding.severity
from checked_file
join finding using (assessment_id)
