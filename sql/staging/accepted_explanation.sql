-- Why: the written answers to queries that a person had accepted, as far as was known.
-- grain: one explanation whose latest decision accepts it
-- keys: explanation_id
-- clause: DESIGN, decision 3
-- reads: known_explanation
select explanation_id, submission_id, code, sheet, cell
from known_explanation
where decision = 'accept'
