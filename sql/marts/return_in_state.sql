-- Why: the states of each owed return; one may be in several, an exempt one is in no other.
-- grain: one expected return in one state
-- keys: unit, form, period, code
-- clause: 六（四）; DOMAIN §6
-- reads: return_status
select
    return_status.unit, return_status.form, return_status.period, return_status.submission_id, state.code,
    concat_ws(' ', return_status.unit, return_status.form, return_status.period) as subject
from return_status
cross join lateral (
    values
        ('expected', true),
        ('received', return_status.is_received),
        ('accepted', return_status.is_accepted),
        ('returned', return_status.is_returned),
        ('missing', return_status.is_missing),
        ('nil', return_status.is_nil),
        ('late', return_status.is_late),
        ('overdue', return_status.is_overdue),
        ('exempt', true)
) as state (code, holds)
where state.holds
    and return_status.is_exempt = (state.code = 'exempt')
