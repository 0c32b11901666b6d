-- Why: a count is a whole number of zero or more, and no figure stands twice.
-- gives: the figures that are not
-- reads: figure_value
select name, labels, min(value) as value, count(*) as times
from figure_value
group by name, labels
having count(*) > 1
    or (name like '%\_count' and (min(value) is null or min(value) < 0 or min(value) <> trunc(min(value))))
