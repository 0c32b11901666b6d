-- Why: how far each target is reached; from the counts themselves, rounded once, half up.
-- grain: one set of labels that has a target
-- keys: labels
-- clause: 附件2, 附件3
-- of: awarded_count, quota
-- reads: figure_value
with awarded as (
    select labels, value from figure_value where name = 'awarded_count'
),

target as (
    select labels, value from figure_value where name = 'quota'
)

select target.labels, round(awarded.value * 100 / nullif(target.value, 0), 2) as value
from target
join awarded using (labels)
