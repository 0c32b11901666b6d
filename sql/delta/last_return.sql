-- Why: what a unit has now, such as its incubators, is what its last return tells: where one was touched, the last one
--      that was not may stop or begin to be the last.
-- grain: one unit and form that tells a stock
-- keys: unit, form
-- clause: DESIGN, decision 5: cost follows the change
-- reads: current_return, touched_return, touched_title, ref_base_level, ref_stock, param
with touched as (
    select touched_return.unit, touched_return.form
    from touched_return
    join ref_stock using (form)
    union
    select touched_title.unit, ref_base_level.roster
    from touched_title
    join ref_base_level using (level)
)

select distinct on (current_return.unit, current_return.form)
    current_return.unit,
    current_return.form,
    current_return.submission_id
from current_return
join touched using (unit, form)
left join touched_return using (unit, form, period)
cross join param
where touched_return.unit is null
    and current_return.period_starts_on <= param.window_ends_on
order by current_return.unit, current_return.form, current_return.period_starts_on desc
