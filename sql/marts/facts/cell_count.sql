-- Why: the cells that the standing returns of the period have in each column.
-- grain: one standing return, by form and column
-- keys: labels, row_id
-- clause: DESIGN, the shape of a return
-- reads: column_filled
select
    jsonb_build_object('form', form, 'column', code) as labels, row_count::numeric as contribution,
    true as is_counted, null::text as reason, 'submission' as form, submission_id as row_id, null::text as subject
from column_filled
