-- Why: how much of each column is filled in, rounded once, half up; none where there is no row.
-- grain: one column of one form
-- keys: labels
-- clause: DESIGN, the shape of a return
-- reads: filled_count, cell_count
with filled as (
    select labels, sum(contribution) as value from filled_count group by labels
),

cells as (
    select labels, sum(contribution) as value from cell_count group by labels
)

select cells.labels, round(filled.value * 100 / nullif(cells.value, 0), 2) as value
from cells
join filled using (labels)
