-- Why: the slices in which the quality of returns is told: in all, by unit, by form, and period by period.
-- grain: one owed return in one slice
-- keys: labels, unit, form, period
-- clause: DOMAIN §6
-- reads: return_quality
select
    slice.labels,
    concat_ws(' ', return_quality.unit, return_quality.form, return_quality.period) as subject,
    return_quality.is_due,
    return_quality.is_tried,
    return_quality.is_first_pass,
    return_quality.is_accepted,
    return_quality.is_on_time,
    return_quality.accepted_at,
    return_quality.first_status,
    return_quality.first_submission_id,
    return_quality.standing_submission_id
from return_quality
cross join lateral (
    values
        ('{}'::jsonb, return_quality.is_current),
        (jsonb_build_object('unit', return_quality.unit), return_quality.is_current),
        (jsonb_build_object('form', return_quality.form), return_quality.is_current),
        (jsonb_build_object('period', return_quality.trend), true)
) as slice (labels, holds)
where slice.holds
