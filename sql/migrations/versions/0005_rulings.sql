-- A programme's text keeps the order of its lists and mappings: documents follow it.
alter table zhibao.programme_version alter column content type json using content::json;

-- Grain: one decision of a named person on one title that is in conflict with another. The latest one stands.
create table zhibao.title_ruling (
    ruling_id bigint generated always as identity primary key,
    programme text not null,
    level text not null,
    unit text not null,
    candidate_no text not null,
    ruling text not null check (ruling in ('count', 'exclude', 'withdraw')),
    actor text not null,
    reason text not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.title_ruling (programme, level, unit, candidate_no);
