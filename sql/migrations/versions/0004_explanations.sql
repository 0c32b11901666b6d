-- An explanation may come in a workbook, for one cell (`sheet`, `cell` as "B5", "5" for a row, "" for the file);
-- without a cell it answers every query of its rule in the submission. `source` says how it came: by the command, in the
-- list of findings, or in the column of the form that explains.
alter table zhibao.explanation
    add column source text not null default 'command' check (source in ('command', 'list', 'column')),
    add column sheet text,
    add column cell text;

-- Grain: one decision on one explanation; the latest one stands.
create table zhibao.explanation_review (
    review_id bigint generated always as identity primary key,
    explanation_id bigint not null references zhibao.explanation,
    decision text not null check (decision in ('accept', 'reject')),
    actor text not null,
    reason text,
    recorded_at timestamptz not null default clock_timestamp(),
    check (decision = 'accept' or reason is not null)
);
create index on zhibao.explanation_review (explanation_id);

-- What was explained before was taken as it came.
insert into zhibao.explanation_review (explanation_id, decision, actor, recorded_at)
select explanation_id, 'accept', actor, recorded_at from zhibao.explanation;
