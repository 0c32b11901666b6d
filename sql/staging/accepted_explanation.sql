-- Why: the written answers to queries that a person had accepted, as far as was known.
-- grain: one explanation whose latest decision accepts it
-- keys: explanation_id
-- clause: DESIGN, decision 3
-- reads: explanation, explanation_review, param
with decided as (
    select distinct on (explanation_review.explanation_id)
        explanation_review.explanation_id, explanation_review.decision
    from explanation_review
    cross join param
    where explanation_review.recorded_at <= param.known_at
    order by explanation_review.explanation_id, explanation_review.review_id desc
)

select explanation_id, explanation.submission_id, explanation.code, explanation.sheet, explanation.cell
from explanation
join decided using (explanation_id)
where decided.decision = 'accept'
