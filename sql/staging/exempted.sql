-- Why: the returns that a named person had exempted by the instant (免报); what was withdrawn, or has ended, is none.
-- grain: one return
-- keys: unit, form, period
-- clause: DOMAIN §6, timeliness 免报
-- reads: return_ruling, param
with bound as (
    select programme, as_of, known_at from param
),

latest as (
    select distinct on (return_ruling.unit, return_ruling.form, return_ruling.period)
        return_ruling.unit, return_ruling.form, return_ruling.period, return_ruling.is_withdrawn, return_ruling.ends_at
    from return_ruling
    join bound using (programme)
    where return_ruling.ruling = 'exempt'
        and return_ruling.effective_at <= bound.as_of
        and return_ruling.recorded_at <= bound.known_at
    order by return_ruling.unit, return_ruling.form, return_ruling.period, return_ruling.ruling_id desc
)

select latest.unit, latest.form, latest.period
from latest
cross join bound
where not latest.is_withdrawn
    and (latest.ends_at is null or latest.ends_at > bound.as_of)
