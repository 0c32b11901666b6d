-- Why: 一次通过率, from the counts themselves, rounded once, half up; none where nothing is to be divided by.
-- grain: one slice
-- keys: labels
-- clause: DOMAIN §6
-- reads: first_pass_count, first_try_count
with part as (
    select labels, coalesce(sum(contribution) filter (where is_counted), 0) as value from first_pass_count group by labels
),

whole as (
    select labels, coalesce(sum(contribution) filter (where is_counted), 0) as value from first_try_count group by labels
)

select whole.labels, round(coalesce(part.value, 0) * 100 / nullif(whole.value, 0), 2) as value
from whole
left join part using (labels)
