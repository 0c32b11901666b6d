-- Why: what a named person has decided on titles in conflict by the instant; a ruling that was withdrawn is none.
-- grain: one title
-- keys: unit, level, candidate_no
-- clause: DOMAIN §2 (switch dedupe): what conflicts is for a person
-- reads: title_ruling, param
with bound as (
    select programme, as_of, known_at from param
),

latest as (
    select distinct on (title_ruling.unit, title_ruling.level, title_ruling.candidate_no)
        title_ruling.unit, title_ruling.level, title_ruling.candidate_no, title_ruling.ruling
    from title_ruling
    join bound using (programme)
    where title_ruling.effective_at <= bound.as_of
        and title_ruling.recorded_at <= bound.known_at
    order by title_ruling.unit, title_ruling.level, title_ruling.candidate_no, title_ruling.ruling_id desc
)

select unit, level, candidate_no, ruling
from latest
where ruling <> 'withdraw'
