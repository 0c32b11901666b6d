-- Candidates of the cumulative span, and the verdicts on them.
-- Grain: one candidate (and criterion) in one figure.  Keys: name, labels, row_id.
-- reads: nominated_candidate, criterion_result
with labelled as (
    select
        row_id,
        submission_id,
        jsonb_build_object('level', level) as labels
    from nominated_candidate
    union all
    select
        row_id,
        submission_id,
        jsonb_build_object('level', level, 'unit', reporting_unit) as labels
    from nominated_candidate
    union all
    select
        row_id,
        submission_id,
        jsonb_build_object('level', level, 'category', category) as labels
    from nominated_candidate
    where category is not null
)

select
    'candidate_count' as name,
    labels,
    1::numeric as contribution,
    true as counted,
    null::text as reason,
    'candidate' as form,
    row_id,
    submission_id,
    row_id as candidate_row_id,
    'candidate_no' as field
from labelled
union all
select
    'criterion_verdict_count' as name,
    jsonb_build_object('criterion', criterion, 'level', level, 'verdict', verdict) as labels,
    1::numeric as contribution,
    true as counted,
    concat_ws(' ', 'value ' || value, 'threshold ' || threshold, 'margin ' || margin, reason) as reason,
    'candidate' as form,
    row_id,
    submission_id,
    row_id as candidate_row_id,
    measure as field
from criterion_result
