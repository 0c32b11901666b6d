-- Why: the written answers to queries with the latest decision on each, as far as was known; none yet is null.
-- grain: one explanation
-- keys: explanation_id
-- clause: DESIGN, decision 3
-- reads: explanation, explanation_review, param
with bound as (
    select known_at from param
),

decided as (
    select distinct on (explanation_review.explanation_id)
        explanation_review.explanation_id, explanation_review.decision
    from explanation_review
    cross join bound
    where explanation_review.recorded_at <= bound.known_at
    order by explanation_review.explanation_id, explanation_review.review_id desc
)

select explanation_id, explanation.submission_id, explanation.code, explanation.sheet, explanation.cell, decided.decision
from explanation
cross join bound
left join decided using (explanation_id)
where explanation.recorded_at <= bound.known_at
