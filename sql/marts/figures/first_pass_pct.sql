-- Why: 一次通过率, from the counts themselves, rounded once, half up; none where nothing is to be divided by.
-- grain: one slice
-- keys: labels
-- clause: DOMAIN §6
-- of: first_pass_count, first_try_count
-- reads: figure_value
with part as (
    select labels, value from figure_value where name = 'first_pass_count'
),

whole as (
    select labels, value from figure_value where name = 'first_try_count'
)

select whole.labels, round(coalesce(part.value, 0) * 100 / nullif(whole.value, 0), 2) as value
from whole
left join part using (labels)
