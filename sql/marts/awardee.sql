-- Why: who was granted a title inside the window and counts: what a list of names is made from, unmasked only here.
-- grain: one awardee
-- keys: unit, level, candidate_no
-- clause: 五（三）
-- reads: award, candidate, selection_result
with awards as (
    select row_id, candidate_row_id, counts_for, level, category, candidate_no, awarded_on
    from award
    where is_counted and is_in_window
)

select
    awards.level,
    awards.category,
    awards.counts_for as unit,
    awards.candidate_no,
    awards.awarded_on as counted_on,
    selection_result.document_no,
    candidate.person_name,
    candidate.venture_name,
    candidate.project_name
from awards
join candidate on candidate.row_id = awards.candidate_row_id
join selection_result on selection_result.row_id = awards.row_id
