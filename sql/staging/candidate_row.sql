-- Why: the rows of the candidate rosters that stand; the person only as a keyed digest.
-- grain: one row of one current candidate return
-- keys: row_id
-- clause: DESIGN, the shape of a return
-- reads: candidate, current_return
with returns as (
    select submission_id, period_starts_on, period_ends_on from current_return
)

select
    candidate.row_id,
    candidate.submission_id,
    candidate.unit,
    returns.period_starts_on,
    returns.period_ends_on,
    candidate.candidate_no,
    candidate.level,
    candidate.category,
    candidate.registered_division,
    candidate.id_number_hmac as person,
    -- A team without a credit code is known by its name within its unit; it cannot be matched elsewhere.
    coalesce(nullif(candidate.uscc, ''), candidate.unit || '/' || candidate.venture_name) as venture
from candidate
join returns using (submission_id)
