-- Why: how far completion is ahead of the time elapsed, or behind; from the counts themselves, rounded once.
-- grain: one set of labels that has a target
-- keys: labels
-- clause: DOMAIN §7: 个百分点
-- of: awarded_count, quota, elapsed_day_count, programme_day_count
-- reads: figure_value
with awarded as (
    select labels, value from figure_value where name = 'awarded_count'
),

target as (
    select labels, value from figure_value where name = 'quota'
),

elapsed as (
    select value from figure_value where name = 'elapsed_day_count'
),

whole as (
    select value from figure_value where name = 'programme_day_count'
)

select
    target.labels,
    round(awarded.value * 100 / nullif(target.value, 0) - elapsed.value * 100 / nullif(whole.value, 0), 2) as value
from target
join awarded using (labels)
cross join elapsed
cross join whole
