-- Why: the candidates of whom a waiver or a ruling was learnt, or came to count, between the kept figures and the
--      question.
-- grain: one candidate
-- keys: unit, level, candidate_no
-- clause: DESIGN, decision 5: cost follows the change
-- reads: waiver, title_ruling, ref_since, param
with bound as (
    select
        param.programme,
        least(ref_since.as_of, param.as_of) as counts_after,
        greatest(ref_since.as_of, param.as_of) as counts_until,
        least(ref_since.known_at, param.known_at) as known_after,
        greatest(ref_since.known_at, param.known_at) as known_until
    from param
    cross join ref_since
),

decided as (
    select programme, unit, level, candidate_no, effective_at, recorded_at from waiver
    union all
    select programme, unit, level, candidate_no, effective_at, recorded_at from title_ruling
)

select distinct decided.unit, decided.level, decided.candidate_no
from decided
join bound using (programme)
where (decided.recorded_at > bound.known_after and decided.recorded_at <= bound.known_until)
    or (decided.effective_at > bound.counts_after and decided.effective_at <= bound.counts_until)
