-- Why: judges a count or an amount against its threshold; 以上 and 以下 include the number itself.
-- grain: one candidate against one criterion with the op >= or <=
-- keys: row_id, criterion
-- clause: 附件1 （三）（四）（五）; Civil Code 1259
-- reads: criterion_input
with measured as (
    select
        row_id, unit, level, candidate_no, criterion, value, doubt, threshold_number, margin_unit,
        case op
            when '>=' then value::numeric - threshold_number
            else threshold_number - value::numeric
        end as margin
    from criterion_input
    where op in ('>=', '<=')
)

select
    row_id,
    unit,
    level,
    candidate_no,
    criterion,
    case
        when doubt is not null then 'needs_review'
        when value is null then 'not_provided'
        when margin >= 0 then 'pass'
        else 'fail'
    end as verdict,
    case
        when doubt is not null then doubt
        when value is null then 'empty'
        when margin < 0 then 'out_of_bounds'
    end as reason,
    value as measured,
    threshold_number::text as threshold,
    margin,
    margin_unit
from measured
