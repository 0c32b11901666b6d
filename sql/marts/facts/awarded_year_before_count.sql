-- Why: the same titles, of those whose award falls within the same window of the year before; none where the programme
--      had not begun.
-- grain: one title under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: DOMAIN §7: 同比
-- reads: award_fact, param
with bound as (
    select before_starts_on, before_ends_on from param where before_starts_on is not null
)

select
    award_fact.labels, award_fact.contribution, award_fact.is_counted, award_fact.reason, award_fact.form,
    award_fact.row_id, award_fact.subject
from award_fact
cross join bound
where award_fact.awarded_on is null or award_fact.awarded_on between bound.before_starts_on and bound.before_ends_on
