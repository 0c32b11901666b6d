-- Why: a title may be granted, taken back and granted again; what holds at the window's end is decided here.
-- grain: one candidate and level of persons that was granted a title by the window's end
-- keys: unit, level, candidate_no
-- clause: 五（三）; the latest of granted and revoked stands, by decision date, then period of the return, then row
-- reads: decision_row, ref_level, param
with decided as (
    select
        decision_row.row_id, decision_row.unit, decision_row.level, decision_row.candidate_no, decision_row.result,
        decision_row.counts_on,
        row_number() over (
            partition by decision_row.unit, decision_row.level, decision_row.candidate_no
            order by decision_row.decided_on, decision_row.period_starts_on, decision_row.row_id
        ) as place
    from decision_row
    join ref_level on ref_level.level = decision_row.level
    cross join param
    where decision_row.counts_on <= param.window_ends_on
),

last_revocation as (
    select unit, level, candidate_no, max(place) as place
    from decided
    where result = 'revoked'
    group by unit, level, candidate_no
),

grants as (
    select
        decided.row_id, decided.unit, decided.level, decided.candidate_no, decided.counts_on, decided.place,
        decided.place > coalesce(last_revocation.place, 0) as is_held
    from decided
    left join last_revocation using (unit, level, candidate_no)
    where decided.result = 'granted'
)

-- The earliest grant that still holds; where none does, the one that was taken back last.
select distinct on (unit, level, candidate_no)
    unit,
    level,
    candidate_no,
    row_id,
    counts_on as awarded_on,
    is_held
from grants
order by unit, level, candidate_no, is_held desc, case when is_held then place else -place end
