-- The event store: one append-only log, and the rows that are checked and written together with it.
-- ARCHITECTURE.md says what each table promises; ADR 0004 why positions are given out under a lock.

-- Everything that has happened. The first seven columns are those of postgres-es, which reads by them.
CREATE TABLE events (
    position       bigint      NOT NULL,             -- 1, 2, 3 … without a gap, in commit order
    sequence       bigint      NOT NULL,             -- 1, 2, 3 … inside the stream
    recorded_at    timestamptz NOT NULL,             -- never falls along the positions
    aggregate_type text        COLLATE "C" NOT NULL,
    aggregate_id   text        COLLATE "C" NOT NULL, -- a UUID, as text because postgres-es asks by text
    event_type     text        COLLATE "C" NOT NULL,
    event_version  text        COLLATE "C" NOT NULL, -- major.minor
    payload        jsonb       NOT NULL,             -- personal values sealed
    metadata       jsonb       NOT NULL,             -- flat, strings only
    hash           bytea       NOT NULL,             -- the chain up to and with this event
    CONSTRAINT events_position PRIMARY KEY (position),
    CONSTRAINT events_stream UNIQUE (aggregate_type, aggregate_id, sequence),
    CONSTRAINT events_hash_is_sha256 CHECK (octet_length(hash) = 32)
);

CREATE FUNCTION refuse_change_of_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are history: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER events_are_history BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
-- ALWAYS: a session that plays the replica is refused as well.
ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_history;

-- One row, written once: the identity of this log, and the lock that orders all appends. It is locked and never
-- updated, so that a long-running snapshot (a dump, a replica) leaves no dead versions in the way of every append.
CREATE TABLE journal_head (
    one       boolean     NOT NULL DEFAULT true CONSTRAINT journal_head_is_one_row PRIMARY KEY CHECK (one),
    id        uuid        NOT NULL,
    genesis   bytea       NOT NULL,  -- what the first link of the chain stands on: 32 zero bytes and the id
    key_check bytea,                 -- proves that a master key is this journal's; null until the first connection
    founded   timestamptz NOT NULL
);
INSERT INTO journal_head (id, genesis, founded)
SELECT id, decode(repeat('00', 32), 'hex') || uuid_send(id), clock_timestamp() FROM (SELECT gen_random_uuid() AS id) AS minted;

-- What each command answered, for ever: the same command twice counts once.
CREATE TABLE receipts (
    actor          text   COLLATE "C" NOT NULL,
    command_id     uuid   NOT NULL,
    fingerprint    bytea  NOT NULL,  -- keyed hash of the command's content
    first_position bigint NOT NULL,  -- beyond last_position when the command caused nothing
    last_position  bigint NOT NULL,
    versions       jsonb  NOT NULL,  -- [[stream id, version], …] as they were after it
    CONSTRAINT receipts_command PRIMARY KEY (actor, command_id)
);

-- What only one may hold: an e-mail address, an external key. Tokens are keyed hashes, gone with their subject.
CREATE TABLE claims (
    scope   text  COLLATE "C" NOT NULL,
    token   bytea NOT NULL,
    holder  uuid  NOT NULL,
    subject uuid,
    CONSTRAINT claims_token PRIMARY KEY (scope, token)
);
CREATE INDEX claims_by_subject ON claims (subject) WHERE subject IS NOT NULL;

-- How far each process manager has come; moves only inside an append (DEFINITIONS 6).
CREATE TABLE checkpoints (
    name     text   COLLATE "C" NOT NULL CONSTRAINT checkpoints_name PRIMARY KEY,
    position bigint NOT NULL,
    state    jsonb
);

-- Effects that leave the house, written with the events that cause them.
CREATE TABLE outbox (
    id         uuid        NOT NULL CONSTRAINT outbox_id PRIMARY KEY,
    kind       text        COLLATE "C" NOT NULL,
    payload    jsonb       NOT NULL,
    position   bigint      NOT NULL,  -- of the last event that it was appended with
    created_at timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   integer     NOT NULL DEFAULT 0,
    done_at    timestamptz
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;

-- How far each follower has come, and the row it locks while it works.
CREATE TABLE followers (
    name            text    COLLATE "C" NOT NULL,
    generation      integer NOT NULL DEFAULT 1,
    live            boolean NOT NULL DEFAULT true,
    position        bigint  NOT NULL DEFAULT 0,
    paused_position bigint,           -- the event that fails
    paused_reason   text,
    moved_at        timestamptz,
    CONSTRAINT followers_generation PRIMARY KEY (name, generation),
    CONSTRAINT followers_paused_with_reason CHECK ((paused_position IS NULL) = (paused_reason IS NULL))
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX followers_one_live ON followers (name) WHERE live;

-- One key per natural person, sealed by the master key. Destroyed keys leave their row, so that none is minted again.
CREATE TABLE subject_keys (
    subject       uuid        NOT NULL CONSTRAINT subject_keys_subject PRIMARY KEY,
    state         text        COLLATE "C" NOT NULL DEFAULT 'active',
    wrapped       bytea,
    blocked_until date,
    merged_into   uuid,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subject_keys_state CHECK (state IN ('active', 'blocked', 'destroyed')),
    CONSTRAINT subject_keys_destroyed_are_gone CHECK ((state = 'destroyed') = (wrapped IS NULL)),
    CONSTRAINT subject_keys_blocked_until_a_date CHECK ((state = 'blocked') = (blocked_until IS NOT NULL))
);
CREATE INDEX subject_keys_merged ON subject_keys (merged_into) WHERE merged_into IS NOT NULL;

-- Signed anchors of the chain.
CREATE TABLE chain_checkpoints (
    position   bigint      NOT NULL CONSTRAINT chain_checkpoints_position PRIMARY KEY,
    hash       bytea       NOT NULL,
    signed_at  timestamptz NOT NULL,
    public_key bytea       NOT NULL,
    signature  bytea       NOT NULL
);

-- The log for auditors: one line per event, nothing decoded, nothing opened.
CREATE VIEW event_log AS
SELECT position,
       aggregate_type || '/' || aggregate_id                            AS stream,
       sequence                                                         AS version,
       event_type                                                       AS type,
       event_version                                                    AS type_version,
       metadata ->> 'command_id'                                        AS command_id,
       metadata ->> 'actor'                                             AS actor,
       recorded_at,
       coalesce(metadata ->> 'occurred_at',
                to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) AS occurred_at,
       (metadata ->> 'business_date')::date                             AS business_date,
       payload                                                          AS data,
       metadata,
       encode(hash, 'hex')                                              AS hash
FROM events;
COMMENT ON VIEW event_log IS 'Every event in commit order. Columns: position (contiguous from 1), stream (type/id), version (sequence in the stream), type, type_version, command_id, actor, recorded_at, occurred_at (business time; the recording instant where none was given), business_date (in the company''s zone when recorded), data (personal values sealed), metadata, hash (SHA-256 chain, hex).';
