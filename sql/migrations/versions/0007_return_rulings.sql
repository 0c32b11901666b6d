-- Grain: one decision of a named person on one return: exempt (免报), or open again after it was closed (重新开放).
-- It holds from effective_at until ends_at, if it has an end; the latest one on a return and ruling stands.
create table zhibao.return_ruling (
    ruling_id bigint generated always as identity primary key,
    programme text not null,
    unit text not null,
    form text not null,
    period text not null,
    ruling text not null check (ruling in ('exempt', 'reopen')),
    is_withdrawn boolean not null default false,
    ends_at timestamptz,
    actor text not null,
    reason text not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    check (ruling = 'exempt' or is_withdrawn or ends_at is not null)
);
create index on zhibao.return_ruling (programme, unit, form, period);

-- Grain: one mail by which a unit answered with 零报告. The mail lies in the landing by its sha256; `answers` are the
-- Message-IDs that it replies to, `outcome` what became of each form, absent until it was looked at.
create table zhibao.nil_reply (
    nil_reply_id bigint generated always as identity primary key,
    programme text not null,
    source text not null,
    item_key text not null,
    sha256 text not null references zhibao.landed_file,
    unit text not null,
    sender text not null,
    message_id text,
    answers text[] not null,
    received_at timestamptz not null,
    outcome jsonb,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (programme, source, item_key)
);
