-- `item_key` names what was fetched at its source (path, size and time; ETag; UIDVALIDITY, UID and part): an item that
-- is known is not fetched again, and a second fetch adds no second arrival. Files handed in by hand have none.
-- `sent_for` is the unit that the source vouches for, `sender` the office's address that a mail came from.
alter table zhibao.arrival add column sent_for text;
alter table zhibao.arrival add column sender text;
alter table zhibao.arrival add column item_key text;
create unique index on zhibao.arrival (programme, source, item_key) where item_key is not null;

-- Grain: one item that a source held and that was not taken in.
create table zhibao.turned_away (
    turned_away_id bigint generated always as identity primary key,
    programme text not null,
    source text not null,
    item_key text not null,
    file_name text,
    sender text,
    sent_for text,
    reason text not null
        check (reason in ('stranger', 'unauthenticated', 'no_workbook', 'not_a_workbook', 'too_large', 'no_unit')),
    received_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (programme, source, item_key)
);
