-- Why: the titles that do not count, by reason, so that nobody is left out unseen.
-- grain: one title that does not count; and one row of zero for each reason
-- keys: labels, row_id
-- clause: DOMAIN §2 (switches dedupe.person, dedupe.entity)
-- reads: award, ref_exclusion
with excluded as (
    select row_id, candidate_no, reason from award where not is_counted
)

select
    jsonb_build_object('reason', code) as labels, 0::numeric as contribution, true as is_counted,
    null::text as reason, null::text as form, null::bigint as row_id, null::text as subject
from ref_exclusion
union all
select jsonb_build_object('reason', reason), 1::numeric, true, reason, 'selection_result', row_id, candidate_no
from excluded
