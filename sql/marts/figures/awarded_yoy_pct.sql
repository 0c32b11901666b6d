-- Why: growth over the same window of the year before; nothing where there is no base.
-- grain: one set of labels that both sides have
-- keys: labels
-- clause: DOMAIN §7: 同比
-- of: awarded_in_period_count, awarded_year_before_count
-- reads: figure_value
with one as (
    select labels, value from figure_value where name = 'awarded_in_period_count'
),

other as (
    select labels, value from figure_value where name = 'awarded_year_before_count'
)

select one.labels, round((one.value - other.value) * 100 / nullif(other.value, 0), 2) as value
from one
join other using (labels)
