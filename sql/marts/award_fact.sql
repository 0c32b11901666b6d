-- Why: each title under each label that it is counted by, once for all figures of awards.
-- grain: one title under one set of labels; and one row of zero for each set of labels
-- keys: labels, row_id
-- clause: 附件2: a rising star counts by the candidate's category; 附件3: an emerging maker by the submitting unit
-- reads: award, level_scope
with scope as (
    select level, dimension, code, labels from level_scope where has_quota_dimension
),

titles as (
    select row_id, level, counts_for, category, candidate_no, awarded_on, is_in_window, is_counted, reason from award
)

select
    scope.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject, null::date as awarded_on, true as is_in_window
from scope
union all
select
    scope.labels, 1::numeric, titles.is_counted, titles.reason, 'selection_result', titles.row_id,
    titles.candidate_no, titles.awarded_on, titles.is_in_window
from titles
join scope
    on scope.level = titles.level
    and scope.code = case scope.dimension
        when 'category' then titles.category when 'unit' then titles.counts_for else '' end
