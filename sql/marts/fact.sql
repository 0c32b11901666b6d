-- Everything that any figure adds up, counted or not: what `zhibao trace` prints.
-- Grain: one contribution to one figure.
-- reads: fact_award, fact_candidate, fact_event, fact_return
select name, labels, contribution, counted, reason, form, row_id, submission_id, candidate_row_id, field
from fact_award
union all
select name, labels, contribution, counted, reason, form, row_id, submission_id, candidate_row_id, field
from fact_candidate
union all
select name, labels, contribution, counted, reason, form, row_id, submission_id, candidate_row_id, field
from fact_event
union all
select name, labels, contribution, counted, reason, form, row_id, submission_id, candidate_row_id, field
from fact_return
