-- Why: what the latest standing return says of each candidate, with the cell that says it, for the checks across returns.
-- grain: one candidate of one unit at one level
-- keys: unit, level, candidate_no
-- clause: DESIGN, the shape of a return: a later return with the same 候选人编号 updates it
-- reads: candidate, current_return
with returns as (
    select submission_id, period, period_starts_on from current_return
)

select distinct on (candidate.unit, candidate.level, candidate.candidate_no)
    candidate.unit,
    candidate.level,
    candidate.candidate_no,
    candidate.row_id,
    candidate.submission_id,
    candidate.sheet,
    candidate.row_number,
    returns.period,
    returns.period_starts_on,
    candidate.category,
    candidate.id_number_hmac as person,
    candidate.phone_hmac as phone,
    nullif(candidate.uscc, '') as uscc,
    candidate.established_on
from candidate
join returns using (submission_id)
order by candidate.unit, candidate.level, candidate.candidate_no, returns.period_starts_on desc, candidate.row_id desc
