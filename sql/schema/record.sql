-- The record: append-only. One sequence runs over every row, so that any moment is a number.
--
-- Figures are DECIMAL, never floating point: their sums do not depend on the order or the number of threads.
-- Nothing is unique but a load: duplicates inside a load are refused by one GROUP BY in the write transaction,
-- because a key over five columns costs four times the load and ten times the file.

create table record.meta (schema_version integer not null);

insert into record.meta values (3);

create table record.load (
    load_id bigint primary key,
    feed varchar not null,
    file_name varchar not null,
    bytes_sha256 varchar not null,
    content_hash varchar not null,
    issue bigint not null,              -- yyyymmdd * 100 + version: what the source calls newer
    status varchar not null check (status in ('provisional', 'performance', 'final')),
    loaded_by varchar not null,
    loaded_at timestamp not null,       -- UTC; orders nothing
    first_day date,
    last_day date,
    rows_read bigint not null,
    rows_stored bigint not null,
    rows_rejected bigint not null,
    rows_set_aside bigint not null,
    note varchar not null,
    source varchar default '',          -- whose columns and values were mapped; '' for a file in the feed's own layout
    check (rows_read = rows_stored + rows_rejected + rows_set_aside),
);

-- What a load claims to speak for. Grain: one row per load, measure (or kind of exposure), unit and stretch of days.
-- An events load is complete for its stretch and replaces what stood there; of cells it is the first and the last day.
create table record.coverage (
    load_id bigint not null,
    measure_id varchar not null,
    unit_code varchar not null,
    first_day date not null,
    last_day date not null,
    kind varchar not null,              -- events, cells
);

-- Grain: one row per load, measure, unit, period, breakdown and severity.
create table record.observation (
    load_id bigint not null,
    measure_id varchar not null,
    unit_code varchar not null,
    period_start date not null,
    months tinyint not null,
    breakdown varchar not null,
    severity varchar not null,
    numerator decimal(18, 6),
    denominator decimal(18, 6),
    state varchar not null,             -- reported, suppressed, missing, not_due
);

-- Grain: one row per load, kind, unit and month.
create table record.exposure (
    load_id bigint not null,
    kind varchar not null,
    unit_code varchar not null,
    month date not null,
    value decimal(18, 6),
    state varchar not null,
);

-- Grain: one row per load, measure, event and revision. No text, no person: event_ref is a keyed hash.
create table record.event (
    load_id bigint not null,
    measure_id varchar not null,
    unit_code varchar not null,
    day date not null,
    event_ref varchar not null,
    revision integer not null,
    severity varchar not null,
    status varchar not null,            -- suspected, confirmed, other_conclusion
);

-- Grain: one row per load, unit and stretch of its life. A units load states the whole tree of the trust.
create table record.unit (
    load_id bigint not null,
    code varchar not null,
    name varchar not null,
    level varchar not null,
    parent varchar not null,            -- '' at the top
    peer_group varchar not null,
    beds integer,
    valid_from date not null,
    valid_to date,                      -- the last day, NULL while open
    follows varchar not null,           -- codes of the units it came from, separated by blanks
);

-- Every decision, of whatever kind: proposed, then approved by somebody else, perhaps withdrawn. Never edited.
create table record.decision (
    decision_id bigint not null,
    kind varchar not null,              -- goal, phase, break, exclusion, confirmation, zero_return, annotation, approval, withdrawal …
    measure_id varchar not null,        -- '' where it concerns every measure
    unit_code varchar not null,         -- '' where it concerns every unit
    first_month date,
    last_month date,
    concerns bigint,                    -- the decision or load that an approval or a withdrawal is about
    detail varchar not null,            -- JSON, by kind (data/decisions.py)
    reason varchar not null,
    decided_by varchar not null,
    decided_at timestamp not null,
);

-- Each line carries the hash of the one before it; the last hash is also kept outside this file.
create table record.audit (
    sequence bigint not null,
    happened_at timestamp not null,
    who varchar not null,
    what varchar not null,
    detail varchar not null,
    previous_hash varchar not null,
    hash varchar not null,
);

-- Sign-ins, exports and looks at exact small figures are written to files of their own, so that looking never waits for a
-- load. Grain: one row per file and audit line that anchors it.
create table record.trail (
    position bigint not null,           -- of the audit line that anchors it
    name varchar not null,              -- of the file in the folder `audit`
    lines bigint not null,
    hash varchar not null               -- of its last line
);

create sequence record.position start 1;
