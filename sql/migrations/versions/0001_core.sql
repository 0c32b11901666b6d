-- Nothing here is updated once written, but for the state of a delivery; everything else is a new row.
-- `effective_at` is when a thing counts from (the receipt of a return), `recorded_at` is when this database learnt it.

-- Grain: one text of a programme's configuration, by digest.
create table zhibao.programme_version (
    digest text primary key,
    programme text not null,
    content jsonb not null,
    recorded_at timestamptz not null default clock_timestamp()
);

-- Grain: one file's bytes, wherever they came from.
create table zhibao.landed_file (
    sha256 text primary key,
    byte_count bigint not null,
    recorded_at timestamptz not null default clock_timestamp()
);

-- Grain: one arrival of a file at one source. The same bytes may arrive often.
create table zhibao.arrival (
    arrival_id bigint generated always as identity primary key,
    programme text not null,
    sha256 text not null references zhibao.landed_file,
    source text not null,
    file_name text not null,
    received_at timestamptz not null,
    batch text not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.arrival (batch);
create index on zhibao.arrival (programme, sha256);

-- Grain: one file taken in by one programme. The same bytes are one submission.
create table zhibao.submission (
    submission_id bigint generated always as identity primary key,
    programme text not null,
    sha256 text not null references zhibao.landed_file,
    file_name text not null,
    source text not null,
    received_at timestamptz not null,
    form text,
    unit text,
    period text,
    is_nil boolean not null default false,
    sheet text,
    header_row integer,
    layout jsonb not null default '{}',
    totals jsonb not null default '[]',
    reader text not null,
    reader_version text not null,
    programme_digest text not null references zhibao.programme_version,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (programme, sha256)
);
create index on zhibao.submission (programme, unit, form, period, received_at);

-- Grain: one check of one submission under one version of the rules.
create table zhibao.assessment (
    assessment_id bigint generated always as identity primary key,
    submission_id bigint not null references zhibao.submission,
    suite_version text not null,
    status text not null check (status in ('accepted', 'accepted_with_queries', 'returned', 'refused')),
    row_count integer not null,
    assessed_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.assessment (submission_id);

-- Grain: one finding of one assessment. No personal value stands here.
create table zhibao.finding (
    finding_id bigint generated always as identity primary key,
    assessment_id bigint not null references zhibao.assessment,
    code text not null,
    severity text not null check (severity in ('error', 'query', 'warning')),
    sheet text,
    row_number integer,
    column_letters text,
    header text,
    field text,
    message jsonb not null,
    next_step jsonb not null
);
create index on zhibao.finding (assessment_id);

-- Grain: one decision that a submission is the one that counts for its unit, form and period.
-- The latest by (effective_at, acceptance_id) stands; going back to an earlier version is a new row.
create table zhibao.acceptance (
    acceptance_id bigint generated always as identity primary key,
    programme text not null,
    unit text not null,
    form text not null,
    period text not null,
    submission_id bigint not null references zhibao.submission,
    kind text not null check (kind in ('accept', 'revert')),
    actor text not null,
    reason text,
    effective_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.acceptance (programme, unit, form, period, effective_at);

-- Grain: one written answer to the queries of one rule in one submission.
create table zhibao.explanation (
    explanation_id bigint generated always as identity primary key,
    submission_id bigint not null references zhibao.submission,
    code text not null,
    explanation text not null,
    actor text not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.explanation (submission_id);

-- Grain: one waiver of one criterion for one candidate, by a named person with a reason.
create table zhibao.waiver (
    waiver_id bigint generated always as identity primary key,
    programme text not null,
    unit text not null,
    level text not null,
    candidate_no text not null,
    criterion text not null,
    actor text not null,
    reason text not null,
    effective_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp()
);

-- Grain: the figures of one kind of report for one period, as of one instant.
-- `as_of` bounds what had happened, `known_at` what this database had learnt: together they fix what was read.
create table zhibao.figure_set (
    figure_set_id bigint generated always as identity primary key,
    programme text not null,
    kind text not null,
    period text not null,
    as_of timestamptz not null,
    known_at timestamptz not null,
    input_digest text not null,
    programme_digest text not null references zhibao.programme_version,
    figures_digest text not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.figure_set (programme, kind, period, input_digest);

-- Grain: one figure of one set. `ordinal` keeps the official order.
create table zhibao.figure (
    figure_set_id bigint not null references zhibao.figure_set,
    id text not null,
    ordinal integer not null,
    name text not null,
    labels jsonb not null,
    value numeric,
    unit text not null,
    primary key (figure_set_id, id)
);

-- Grain: one rendered document. It never changes; a correction is another row.
-- A replay was asked for as of a past instant: later returns do not make it stale.
create table zhibao.document (
    document_id bigint generated always as identity primary key,
    programme text not null,
    kind text not null,
    period text not null,
    figure_set_id bigint not null references zhibao.figure_set,
    version integer not null,
    figures_digest text not null,
    template_digest text not null,
    fonts_digest text not null,
    lists_digest text not null,
    pdf_sha256 text not null,
    is_replay boolean not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (programme, kind, period, version),
    unique (programme, kind, period, figures_digest, template_digest, fonts_digest, lists_digest, is_replay)
);

-- Grain: one decision of one person on one document, bound to the bytes that were seen.
create table zhibao.approval (
    approval_id bigint generated always as identity primary key,
    document_id bigint not null references zhibao.document,
    decision text not null check (decision in ('approve', 'reject', 'void')),
    actor text not null,
    comment text,
    figures_digest text not null,
    pdf_sha256 text not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.approval (document_id);

-- Grain: one document to one recipient. The unique pair is what makes delivery happen once.
create table zhibao.delivery (
    delivery_id bigint generated always as identity primary key,
    document_id bigint not null references zhibao.document,
    recipient text not null,
    address text not null,
    message_id text not null unique,
    state text not null check (state in ('intended', 'sending', 'sent', 'failed', 'doubtful')),
    recorded_at timestamptz not null default clock_timestamp(),
    unique (document_id, recipient)
);

-- Grain: one thing that happened to one delivery, with the mail server's own words.
create table zhibao.delivery_event (
    delivery_event_id bigint generated always as identity primary key,
    delivery_id bigint not null references zhibao.delivery,
    state text not null,
    smtp_reply text,
    recorded_at timestamptz not null default clock_timestamp()
);
create index on zhibao.delivery_event (delivery_id);
