-- Why: growth over the same window of the year before; nothing where there is no base.
-- grain: one set of labels that both sides have
-- keys: labels
-- clause: DOMAIN §7: 同比
-- reads: awarded_in_period_count, awarded_year_before_count
with one as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_in_period_count group by labels
),

other as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_year_before_count group by labels
)

select one.labels, round((one.value - other.value) * 100 / nullif(other.value, 0), 2) as value
from one
join other using (labels)
