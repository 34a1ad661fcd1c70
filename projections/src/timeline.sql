-- One row per event and subject that it concerns: its own stream, and those it names. No value of an event is here: what
-- happened is read from the journal when it is shown, so that what was erased stays erased.
CREATE TABLE timeline (
    subject        uuid        NOT NULL,
    position       bigint      NOT NULL,
    subject_kind   text        COLLATE "C" NOT NULL,
    aggregate_type text        COLLATE "C" NOT NULL,
    aggregate_id   uuid        NOT NULL,
    sequence       bigint      NOT NULL,
    event_type     text        COLLATE "C" NOT NULL,
    actor          text        COLLATE "C" NOT NULL,
    source         text        COLLATE "C" NOT NULL,
    occurred       text        COLLATE "C" NOT NULL,
    business_date  date        NOT NULL,
    date_unknown   boolean     NOT NULL,
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (subject, position)
);
