-- Why: how far the year's plan is reached.
-- grain: one set of labels that both sides have
-- keys: labels
-- clause: DOMAIN §2 (switch quota.annual_plan)
-- of: awarded_in_year_count, planned_count
-- reads: figure_value
with one as (
    select labels, value from figure_value where name = 'awarded_in_year_count'
),

other as (
    select labels, value from figure_value where name = 'planned_count'
)

select one.labels, round(one.value * 100 / nullif(other.value, 0), 2) as value
from one
join other using (labels)
