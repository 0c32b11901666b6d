-- Why: judges what somebody has stated: the result of a check, which needs its date, or a person's opinion.
-- grain: one candidate against one criterion with the op is
-- keys: row_id, criterion
-- clause: 附件1 （一）（三）; DOMAIN §1: a record counts only when a check result and its date are supplied
-- as: view (read once)
-- reads: stated_input, ref_undecided
with stated as (
    select
        stated_input.row_id, stated_input.unit, stated_input.level, stated_input.candidate_no, stated_input.waived,
        stated_input.criterion, stated_input.is_applicable, stated_input.mode, stated_input.measure, stated_input.value,
        stated_input.doubt, stated_input.threshold_text, stated_input.margin_unit,
        stated_input.must_be_dated and stated_input.checked_on is null as is_undated,
        stated_input.value is null or ref_undecided.code is not null as is_undecided
    from stated_input
    left join ref_undecided on ref_undecided.code = stated_input.value
)

select
    row_id,
    unit,
    level,
    candidate_no,
    waived,
    criterion,
    case
        when not is_applicable then 'pass'
        when measure = 'none' or doubt is not null then 'needs_review'
        when is_undecided and mode = 'human' then 'needs_review'
        when is_undecided or is_undated then 'not_provided'
        when value = threshold_text then 'pass'
        else 'fail'
    end as verdict,
    case
        when not is_applicable then 'not_applicable'
        when measure = 'none' then 'no_evidence_column'
        when doubt is not null then doubt
        when is_undecided and mode = 'human' then 'no_opinion'
        when is_undecided then 'unchecked'
        when is_undated then 'undated'
        when value is distinct from threshold_text then 'not_as_required'
    end as reason,
    case when is_applicable then value end as measured,
    case when is_applicable then threshold_text end as threshold,
    null::numeric as margin,
    margin_unit
from stated
