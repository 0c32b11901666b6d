-- Why: how many of those who hold a title held the one below it before, or on the same day.
-- grain: one title of a level that has one below it; and one row of zero for each such level
-- keys: labels, row_id
-- clause: 五（三）; DOMAIN §2: all titles are kept
-- reads: award, ref_level
with levels as (
    select level, jsonb_build_object('level', level) as labels from ref_level where promoted_from is not null
),

titles as (
    select row_id, level, candidate_no, is_counted, is_promoted, reason from award
)

select
    labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from levels
union all
select levels.labels, 1::numeric, titles.is_counted, titles.reason, 'selection_result', titles.row_id, titles.candidate_no
from titles
join levels using (level)
where titles.is_promoted
