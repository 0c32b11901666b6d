-- Why: 序时进度, what a completion is held against.
-- grain: one row
-- keys: labels
-- clause: DOMAIN §2 (quota period)
-- of: elapsed_day_count, programme_day_count
-- reads: figure_value
with elapsed as (
    select labels, value from figure_value where name = 'elapsed_day_count'
),

whole as (
    select labels, value from figure_value where name = 'programme_day_count'
)

select elapsed.labels, round(elapsed.value * 100 / whole.value, 2) as value
from elapsed
join whole using (labels)
