-- Why: the awards of the window by month add up to the awards of the window.
-- gives: the levels where they do not
-- reads: figure_value
with months as (
    select labels ->> 'level' as level, sum(value) as months
    from figure_value
    where name = 'awarded_by_month_count'
    group by labels ->> 'level'
),

whole as (
    select labels ->> 'level' as level, value as whole
    from figure_value
    where name = 'awarded_in_period_count' and labels = jsonb_build_object('level', labels ->> 'level')
)

select months.level, months.months, whole.whole
from months
join whole using (level)
where months.months <> whole.whole
