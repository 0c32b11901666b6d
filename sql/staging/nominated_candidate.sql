-- Candidates as their unit last described them; a later return with the same number updates the earlier one.
-- Grain: one candidate a unit and level.  Keys: unit, level, candidate_no.
-- `nominated_on` is the last day of the month whose return named the candidate first: the batch's deadline.
-- reads: param, current_return
with described as (
    select
        current_return.reporting_unit,
        current_return.unit_ordinal,
        current_return.period_ends_on,
        candidate.row_id,
        candidate.submission_id,
        candidate.unit,
        candidate.level,
        candidate.candidate_no,
        candidate.category,
        candidate.person_name,
        candidate.venture_name,
        candidate.project_name,
        candidate.uscc,
        candidate.id_number_hmac,
        candidate.doubts,
        to_jsonb(candidate) - array['raw', 'id_number_cipher', 'phone_cipher'] as measures,
        min(current_return.period_ends_on) over (
            partition by candidate.unit, candidate.level, candidate.candidate_no
        ) as nominated_on
    from candidate
    inner join current_return using (submission_id)
    cross join param
    where current_return.period_ends_on <= param.window_ends_on
)

select distinct on (unit, level, candidate_no)
    row_id,
    submission_id,
    unit,
    reporting_unit,
    unit_ordinal,
    level,
    candidate_no,
    category,
    person_name,
    venture_name,
    project_name,
    uscc,
    id_number_hmac,
    doubts,
    measures,
    period_ends_on as described_on,
    nominated_on
from described
order by unit, level, candidate_no, period_ends_on desc, row_id desc
