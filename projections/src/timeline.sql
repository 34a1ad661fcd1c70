-- One row per event and subject that it concerns: its own stream, and those it names. Nothing of an event itself is here: what
-- happened, when and by whom is read from the journal when it is shown, so that what was erased stays erased.
CREATE TABLE timeline (
    subject        uuid   NOT NULL,
    position       bigint NOT NULL,
    subject_kind   text   COLLATE "C" NOT NULL,
    aggregate_type text   COLLATE "C" NOT NULL,
    aggregate_id   uuid   NOT NULL,
    PRIMARY KEY (subject, position)
);
