-- Why: each category's or unit's share of its level's awards; shares are not forced to a hundred.
-- grain: one set of labels that is a part of a level
-- keys: labels
-- clause: DOMAIN §7: 占×%
-- of: awarded_count
-- reads: figure_value
with awarded as (
    select labels, value from figure_value where name = 'awarded_count'
)

select part.labels, round(part.value * 100 / nullif(whole.value, 0), 2) as value
from awarded as part
join awarded as whole on whole.labels = jsonb_build_object('level', part.labels ->> 'level')
where part.labels <> whole.labels
