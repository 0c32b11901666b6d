-- When the bytes of a received file were taken away at the end of the term of retention; null: they are there.
alter table zhibao.landed_file add column purged_at timestamptz;

-- Grain: one purge: who took personal values away when, why, and how many rows and files.
create table zhibao.purge (
    purge_id bigint generated always as identity primary key,
    programme text not null,
    actor text not null,
    reason text not null,
    counts jsonb not null,
    purged_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp()
);

-- Grain: one file with personal values that somebody took out of the store: who, when, why, how many rows.
create table zhibao.export (
    export_id bigint generated always as identity primary key,
    programme text not null,
    what text not null,
    actor text not null,
    reason text not null,
    row_count integer not null,
    exported_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp()
);
