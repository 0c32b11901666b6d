-- Who was granted a title inside the window and counts: what a list of names may show, unmasked only here.
-- Grain: one awardee.  Keys: unit, level, candidate_no.
-- reads: param, ref_level, ref_unit, award, nominated_candidate
select
    award.level,
    award.category,
    award.reporting_unit as unit,
    award.counted_on,
    award.document_no,
    nominated_candidate.person_name,
    nominated_candidate.venture_name,
    nominated_candidate.project_name
from award
inner join nominated_candidate using (unit, level, candidate_no)
inner join ref_level on award.level = ref_level.code
inner join ref_unit on award.reporting_unit = ref_unit.code
cross join param
where award.is_counted and award.counted_on >= param.window_starts_on
order by ref_level.ordinal, ref_unit.ordinal, award.counted_on, award.candidate_no
