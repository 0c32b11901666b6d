-- Why: a grant or a revocation without its date could count nowhere; the form requires it.
-- gives: the rows without one
-- reads: decision_row
select row_id, unit, result
from decision_row
where counts_on is null or decided_on is null
