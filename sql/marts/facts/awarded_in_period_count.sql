-- Why: the same titles, of those whose award falls within the window.
-- grain: one title under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: 六（四）
-- reads: award_fact
select labels, contribution, is_counted, reason, form, row_id, subject
from award_fact
where is_in_window
