-- Why: each category's or unit's share of its level's awards; shares are not forced to a hundred.
-- grain: one set of labels that is a part of a level
-- keys: labels
-- clause: DOMAIN §7: 占×%
-- reads: awarded_count
with awarded as (
    select labels, sum(contribution) filter (where is_counted) as value from awarded_count group by labels
)

select part.labels, round(part.value * 100 / nullif(whole.value, 0), 2) as value
from awarded as part
join awarded as whole on whole.labels = jsonb_build_object('level', part.labels ->> 'level')
where part.labels <> whole.labels
