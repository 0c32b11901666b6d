-- Returns that the report answers for, by state, in all and by unit; and the queries that wait for an explanation.
-- Grain: one return (or one rule's queries on it) in one figure.  Keys: name, labels, unit, form, period.
-- reads: param, return_state, current_return
with stated as (
    select
        return_state.unit,
        return_state.form,
        return_state.submission_id,
        state.code as state
    from return_state
    cross join lateral (
        values
        ('expected', true),
        ('received', return_state.is_received),
        ('accepted', return_state.is_accepted),
        ('returned', return_state.is_returned),
        ('missing', return_state.is_missing),
        ('nil', return_state.is_nil),
        ('late', return_state.is_late)
    ) as state (code, holds)
    where state.holds
),

labelled as (
    select
        stated.*,
        jsonb_build_object('state', state) as labels
    from stated
    union all
    select
        stated.*,
        jsonb_build_object('state', state, 'unit', unit) as labels
    from stated
),

latest as (
    select distinct on (current_return.submission_id)
        current_return.submission_id,
        current_return.form,
        assessment.assessment_id
    from current_return
    inner join zhibao.assessment using (submission_id)
    cross join param
    where assessment.recorded_at <= param.known_at
    order by current_return.submission_id, assessment.assessment_id desc
),

asked as (
    select distinct
        latest.submission_id,
        latest.form,
        finding.code
    from latest
    inner join zhibao.finding using (assessment_id)
    where finding.severity = 'query'
)

select
    'return_count' as name,
    labels,
    1::numeric as contribution,
    true as counted,
    null::text as reason,
    form,
    null::bigint as row_id,
    submission_id,
    null::bigint as candidate_row_id,
    null::text as field
from labelled
union all
select
    'query_open_count' as name,
    '{}'::jsonb as labels,
    1::numeric as contribution,
    not exists (
        select 1
        from zhibao.explanation
        where
            explanation.submission_id = asked.submission_id
            and explanation.code = asked.code
            and explanation.recorded_at <= param.known_at
    ) as counted,
    asked.code as reason,
    asked.form,
    null::bigint as row_id,
    asked.submission_id,
    null::bigint as candidate_row_id,
    null::text as field
from asked
cross join param
