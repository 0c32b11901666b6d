-- Why: by how many a target is exceeded, where that is told: under the switch quota.semantics a floor has no above.
-- grain: one set of labels that has a target
-- keys: labels
-- clause: DOMAIN §2: over → warning
-- of: awarded_count, quota
-- reads: figure_value, param
with awarded as (
    select labels, value from figure_value where name = 'awarded_count'
),

target as (
    select labels, value from figure_value where name = 'quota'
),

switch as (
    select quota_semantics from param where quota_semantics <> 'floor'
)

select target.labels, greatest(awarded.value - target.value, 0) as value
from target
join awarded using (labels)
cross join switch
