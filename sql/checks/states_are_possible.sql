-- Returns: received and missing make up the expected; accepted and returned are among the received.
-- Gives the totals where that fails.
-- reads: figure_value
with states as (
    select
        max(value) filter (where labels ->> 'state' = 'expected') as expected,
        max(value) filter (where labels ->> 'state' = 'received') as received,
        max(value) filter (where labels ->> 'state' = 'accepted') as accepted,
        max(value) filter (where labels ->> 'state' = 'returned') as returned,
        max(value) filter (where labels ->> 'state' = 'missing') as missing
    from figure_value
    where name = 'return_count' and not labels ? 'unit'
)

select expected, received, accepted, returned, missing
from states
where received + missing <> expected or accepted + returned > received
