-- Why: how much of each column is filled in, rounded once, half up; none where there is no row.
-- grain: one column of one form
-- keys: labels
-- clause: DESIGN, the shape of a return
-- of: filled_count, cell_count
-- reads: figure_value
with filled as (
    select labels, value from figure_value where name = 'filled_count'
),

cells as (
    select labels, value from figure_value where name = 'cell_count'
)

select cells.labels, round(filled.value * 100 / nullif(cells.value, 0), 2) as value
from cells
join filled using (labels)
