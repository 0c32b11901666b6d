-- Why: 序时进度, what a completion is held against.
-- grain: one row
-- keys: labels
-- clause: DOMAIN §2 (quota period)
-- reads: elapsed_day_count, programme_day_count
with elapsed as (
    select labels, contribution as value from elapsed_day_count
),

whole as (
    select labels, contribution as value from programme_day_count
)

select elapsed.labels, round(elapsed.value * 100 / whole.value, 2) as value
from elapsed
join whole using (labels)
