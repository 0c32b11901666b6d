-- Why: what a named person has waived by the instant.
-- grain: one criterion of one candidate
-- keys: unit, level, candidate_no, criterion
-- clause: DOMAIN §1, the five verdicts
-- reads: waiver, param
with bound as (
    select programme, as_of, known_at from param
)

select distinct waiver.unit, waiver.level, waiver.candidate_no, waiver.criterion
from waiver
join bound using (programme)
where waiver.effective_at <= bound.as_of
    and waiver.recorded_at <= bound.known_at
