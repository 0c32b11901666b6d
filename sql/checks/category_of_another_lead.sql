-- Why: where a level's quota goes by category, a lead department reports the categories that it leads (四（一）, 附件2).
-- gives: the latest row of each candidate at such a level whose category belongs to competitions led by others
-- reads: current_candidate, ref_lead, ref_quota
with leads as (
    select distinct unit from ref_lead
),

levels as (
    select distinct level from ref_quota where dimension = 'category'
)

select
    current_candidate.submission_id, current_candidate.sheet, current_candidate.row_number, 'category' as field
from current_candidate
join leads using (unit)
join levels using (level)
left join ref_lead using (unit, category)
where ref_lead.unit is null and current_candidate.category is not null
