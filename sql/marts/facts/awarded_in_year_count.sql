-- Why: the titles from the start of the window's year on, of what the annual plan has a number for.
-- grain: one title under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: DOMAIN §2 (switch quota.annual_plan)
-- reads: award_fact, ref_plan, param
with planned as (
    select jsonb_build_object('level', level, dimension, code) as labels from ref_plan
    union
    select jsonb_build_object('level', level) from ref_plan
),

bound as (
    select date_trunc('year', window_ends_on::timestamp)::date as year_starts_on from param
)

select
    award_fact.labels, award_fact.contribution, award_fact.is_counted, award_fact.reason, award_fact.form,
    award_fact.row_id, award_fact.subject
from award_fact
join planned using (labels)
cross join bound
where award_fact.awarded_on is null or award_fact.awarded_on >= bound.year_starts_on
