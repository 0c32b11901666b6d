-- Why: the queries on the returns that the report counts which nobody has explained; they block its approval.
-- grain: one query on a return of the span; and one row of zero
-- keys: row_id
-- clause: DESIGN, decision 3
-- reads: query_row, param
with queries as (
    select query_row.finding_id, query_row.code, query_row.is_open
    from query_row
    cross join param
    where query_row.period_starts_on <= param.window_ends_on
)

select
    '{}'::jsonb as labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
union all
select '{}'::jsonb, 1::numeric, is_open, case when not is_open then 'explained' end, 'finding', finding_id, code
from queries
