-- Why: every title granted to a level of persons either counts or is told with its reason.
-- gives: the counts where titles, counted and excluded differ
-- reads: title, award, figure_value
with titles as (
    select count(*) as titles from title
),

awards as (
    select count(*) filter (where is_counted) as counted from award
),

excluded as (
    select coalesce(sum(value), 0) as excluded from figure_value where name = 'award_excluded_count'
)

select titles.titles, awards.counted, excluded.excluded
from titles
cross join awards
cross join excluded
where titles.titles <> awards.counted + excluded.excluded
