-- Grain: one letter about one subject to one recipient, and one more for each time that a person had it sent again:
-- `copy_no` 0 is the letter itself, `requested_by` and `reason` are those of the person for any other.
-- `next_try_at` is when a temporary refusal is tried again, `try_count` how often it was refused.
alter table zhibao.letter
    drop constraint delivery_state_check,
    add check (state in ('intended', 'sending', 'sent', 'failed', 'doubtful', 'bounced', 'withdrawn')),
    drop constraint letter_programme_kind_subject_recipient_key,
    add column copy_no integer not null default 0,
    add column requested_by text,
    add column reason text,
    add column try_count integer not null default 0,
    add column next_try_at timestamptz,
    add unique (programme, kind, subject, recipient, copy_no);

-- `happened_at` is by the clock that the sender was given. `notice` is the number of the notice that told the operator
-- of a failure: none yet where it is null, 0 for what failed before there were notices.
alter table zhibao.letter_event
    add column happened_at timestamptz,
    add column notice bigint;
update zhibao.letter_event set happened_at = recorded_at, notice = 0;
alter table zhibao.letter_event
    alter column happened_at set default clock_timestamp(),
    alter column happened_at set not null;
create index on zhibao.letter_event (notice) where notice is null;

-- `corrects` is the document of the same kind and period that was issued before, where there is one.
-- A document made under other rules is another one, also where all its figures are the same.
alter table zhibao.document
    add column corrects bigint references zhibao.document,
    add column programme_digest text references zhibao.programme_version;
update zhibao.document set programme_digest = figure_set.programme_digest
from zhibao.figure_set where figure_set.figure_set_id = document.figure_set_id;
do $$
declare equal_documents text;
begin
    select conname into strict equal_documents from pg_constraint
    where conrelid = 'zhibao.document'::regclass and contype = 'u' and cardinality(conkey) = 8;
    execute 'alter table zhibao.document drop constraint ' || quote_ident(equal_documents);
end $$;
alter table zhibao.document
    alter column programme_digest set not null,
    add unique (programme, kind, period, figures_digest, programme_digest, template_digest, fonts_digest, lists_digest,
        is_replay);

-- A mail that says that a letter of ours came back is kept apart from what was turned away.
alter table zhibao.turned_away
    drop constraint turned_away_reason_check,
    add check (reason in ('stranger', 'unauthenticated', 'no_workbook', 'not_a_workbook', 'too_large', 'no_unit',
        'bounce'));
