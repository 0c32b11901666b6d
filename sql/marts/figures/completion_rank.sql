-- Why: the place of each category or unit within its level, by the printed completion; ties share a rank: 1, 1, 3.
-- grain: one set of labels with a target, totals left out
-- keys: labels
-- clause: DOMAIN §7
-- reads: completion_pct
with parts as (
    select labels, value, labels ->> 'level' as level, labels ? 'unit' as is_unit
    from completion_pct
    where labels ?| array['category', 'unit'] and value is not null
)

select labels, rank() over (partition by level, is_unit order by value desc)::numeric as value
from parts
