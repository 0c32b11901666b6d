-- Why: judges a count or an amount against its threshold; 以上 and 以下 include the number itself.
-- grain: one candidate against one criterion with the op >= or <=
-- keys: row_id, criterion
-- clause: 附件1 （三）（四）（五）; Civil Code 1259; DOMAIN §2 (switch stability.months: where the form counts those who
--      stayed for another time, a person must judge what that leaves open)
-- as: view (read once)
-- reads: number_input
with inputs as (
    select
        row_id, unit, level, candidate_no, waived, criterion, is_applicable, op, value, number, doubt, bound,
        threshold_number, margin_unit
    from number_input
),

measured as (
    select
        row_id, unit, level, candidate_no, waived, criterion, is_applicable, value, doubt, bound, number,
        threshold_number, margin_unit,
        case op when '>=' then number - threshold_number else threshold_number - number end as margin
    from inputs
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
        when doubt is not null then 'needs_review'
        -- A criterion may measure a column of text; what is no number there is for a person.
        when value is null then 'not_provided'
        when number is null then 'needs_review'
        when bound = case when margin >= 0 then -1 else 1 end then 'needs_review'
        when margin >= 0 then 'pass'
        else 'fail'
    end as verdict,
    case
        when not is_applicable then 'not_applicable'
        when doubt is not null then doubt
        when value is null then 'empty'
        when number is null then 'unreadable'
        when bound = case when margin >= 0 then -1 else 1 end then 'other_months'
        when margin < 0 then 'out_of_bounds'
    end as reason,
    case when is_applicable then value end as measured,
    case when is_applicable then threshold_number::text end as threshold,
    case when is_applicable then margin end as margin,
    margin_unit
from measured
