-- Why: by how many a target is exceeded, where that is told: under the switch quota.semantics a floor has no above.
-- grain: one set of labels that has a target
-- keys: labels
-- clause: DOMAIN §2: over → warning
-- reads: awarded_count, quota, param
with awarded as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_count group by labels
),

target as (
    select labels, sum(contribution) as value from quota group by labels
),

switch as (
    select quota_semantics from param where quota_semantics <> 'floor'
)

select target.labels, greatest(awarded.value - target.value, 0) as value
from target
join awarded using (labels)
cross join switch
