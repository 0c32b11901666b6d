-- Why: the place of each category or unit within its level, by the printed completion; ties share a rank: 1, 1, 3.
-- grain: one set of labels with a target, totals left out
-- keys: labels
-- clause: DOMAIN §7
-- of: completion_pct
-- reads: figure_value
with parts as (
    select labels, value, labels ->> 'level' as level, labels ? 'unit' as is_unit
    from figure_value
    where name = 'completion_pct' and labels ?| array['category', 'unit'] and value is not null
)

select labels, rank() over (partition by level, is_unit order by value desc)::numeric as value
from parts
