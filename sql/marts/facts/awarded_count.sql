-- Why: titles granted and not revoked since the programme began, distinct persons, by decision date.
-- grain: one title under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: 附件2, 附件3
-- reads: award_fact
select labels, contribution, is_counted, reason, form, row_id, subject
from award_fact
