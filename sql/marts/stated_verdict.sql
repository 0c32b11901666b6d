-- Why: judges what somebody has stated: the result of a check, which needs its date, or a person's opinion.
-- grain: one candidate against one criterion with the op is
-- keys: row_id, criterion
-- clause: 附件1 （一）（三）; DOMAIN §1: a record counts only when a check result and its date are supplied
-- as: view (read once)
-- reads: criterion_input, ref_undecided
with stated as (
    select
        criterion_input.row_id, criterion_input.unit, criterion_input.level, criterion_input.candidate_no,
        criterion_input.criterion, criterion_input.mode, criterion_input.measure, criterion_input.value,
        criterion_input.doubt, criterion_input.threshold_text, criterion_input.margin_unit,
        criterion_input.must_be_dated and criterion_input.checked_on is null as is_undated,
        criterion_input.value is null or ref_undecided.code is not null as is_undecided
    from criterion_input
    left join ref_undecided on ref_undecided.code = criterion_input.value
    where criterion_input.op = 'is' and criterion_input.is_applicable
)

select
    row_id,
    unit,
    level,
    candidate_no,
    criterion,
    case
        when measure = 'none' or doubt is not null then 'needs_review'
        when is_undecided and mode = 'human' then 'needs_review'
        when is_undecided or is_undated then 'not_provided'
        when value = threshold_text then 'pass'
        else 'fail'
    end as verdict,
    case
        when measure = 'none' then 'no_evidence_column'
        when doubt is not null then doubt
        when is_undecided and mode = 'human' then 'no_opinion'
        when is_undecided then 'unchecked'
        when is_undated then 'undated'
        when value is distinct from threshold_text then 'not_as_required'
    end as reason,
    value as measured,
    threshold_text as threshold,
    null::numeric as margin,
    margin_unit
from stated
