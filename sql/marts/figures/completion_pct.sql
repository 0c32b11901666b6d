-- Why: how far each target is reached; from the counts themselves, rounded once, half up.
-- grain: one set of labels that has a target
-- keys: labels
-- clause: 附件2, 附件3
-- reads: awarded_count, quota
with awarded as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_count group by labels
),

target as (
    select labels, sum(contribution) as value from quota group by labels
)

select target.labels, round(awarded.value * 100 / nullif(target.value, 0), 2) as value
from target
join awarded using (labels)
