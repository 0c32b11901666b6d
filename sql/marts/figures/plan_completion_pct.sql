-- Why: how far the year's plan is reached.
-- grain: one set of labels that both sides have
-- keys: labels
-- clause: DOMAIN §2 (switch quota.annual_plan)
-- reads: awarded_in_year_count, planned_count
with one as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_in_year_count group by labels
),

other as (
    select labels, sum(contribution) filter (where is_counted) as value from planned_count group by labels
)

select one.labels, round(one.value * 100 / nullif(other.value, 0), 2) as value
from one
join other using (labels)
