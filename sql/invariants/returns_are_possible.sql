-- Why: received, missing and exempt returns make up all, the accepted and returned are among the received, nil and
--      late ones among the accepted; and the units add up to the whole.
-- gives: the unit, or none for the whole, and the states that contradict each other
-- reads: return_status, figure_value
with flagged as (
    select unit, form, period
    from return_status
    where (not is_exempt and is_received = is_missing)
        or (is_exempt and is_missing)
        or (is_overdue and (is_exempt or not is_returned))
        or (is_accepted and not is_received)
        or (is_returned and (is_accepted or not is_received))
        or (is_nil and not is_accepted)
        or (is_late and not is_accepted)
),

states as (
    select
        labels ->> 'state' as state,
        sum(value) filter (where labels ? 'unit') as parts,
        sum(value) filter (where not labels ? 'unit') as whole
    from figure_value
    where name = 'return_count'
    group by labels ->> 'state'
)

select unit, form, period from flagged
union all
select null, state, concat_ws(' of ', parts, whole) from states where coalesce(parts, 0) <> whole
