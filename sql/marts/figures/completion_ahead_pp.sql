-- Why: how far completion is ahead of the time elapsed, or behind; from the counts themselves, rounded once.
-- grain: one set of labels that has a target
-- keys: labels
-- clause: DOMAIN §7: 个百分点
-- reads: awarded_count, quota, elapsed_day_count, programme_day_count
with awarded as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_count group by labels
),

target as (
    select labels, sum(contribution) as value from quota group by labels
),

elapsed as (
    select sum(contribution) as value from elapsed_day_count
),

whole as (
    select sum(contribution) as value from programme_day_count
)

select
    target.labels,
    round(awarded.value * 100 / nullif(target.value, 0) - elapsed.value * 100 / nullif(whole.value, 0), 2) as value
from target
join awarded using (labels)
cross join elapsed
cross join whole
