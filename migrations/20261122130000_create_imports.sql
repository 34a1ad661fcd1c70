-- Files that people upload, and the imports that read them. None of this is history: what may hold personal data lies sealed
-- under a key that is derived from the master key, and is deleted after a while.

-- A file, content-addressed per user.
CREATE TABLE files (
    id         uuid        NOT NULL CONSTRAINT files_id PRIMARY KEY,
    owner      uuid        NOT NULL,            -- the user who uploaded it
    address    bytea,                           -- keyed hash of the content's SHA-256; null while it is being uploaded
    bytes      bigint      NOT NULL DEFAULT 0,  -- so far
    about      bytea,                           -- sealed: name, SHA-256, kind
    created_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),  -- last piece that came, or last use
    CONSTRAINT files_content UNIQUE (owner, address)
);
CREATE INDEX files_by_touch ON files (touched_at);

-- Its content, in pieces of 1 MiB.
CREATE TABLE file_pieces (
    file   uuid    NOT NULL CONSTRAINT file_pieces_file REFERENCES files ON DELETE CASCADE,
    number integer NOT NULL,  -- from 0
    sealed bytea   NOT NULL,
    CONSTRAINT file_pieces_number PRIMARY KEY (file, number)
);
-- Cipher text does not get smaller.
ALTER TABLE file_pieces ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- An import that somebody started.
CREATE TABLE import_jobs (
    id            uuid        NOT NULL CONSTRAINT import_jobs_id PRIMARY KEY,
    number        bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT import_jobs_number UNIQUE,
    started_by    uuid        NOT NULL,
    command_id    uuid        NOT NULL,
    content       bytea       NOT NULL,  -- keyed hash of the command
    dry_run       boolean     NOT NULL,
    state         text        NOT NULL DEFAULT 'queued'
                  CHECK (state IN ('queued', 'running', 'finished', 'failed', 'cancelled')),
    cancel        boolean     NOT NULL DEFAULT false,  -- somebody wants it to end
    file          uuid        NOT NULL,  -- may be deleted before the job
    bytes_total   bigint      NOT NULL,
    about         bytea,                 -- sealed: the file's name, SHA-256 and kind, the profile; null once it is kept no longer
    columns       bytea,                 -- sealed: names of the file's columns
    failure       bytea,                 -- sealed: code and message
    created_at    timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    finished_at   timestamptz,
    begun_at      bigint,                -- position of the log's end when it first began
    lease         uuid,                  -- which attempt runs it
    lease_until   timestamptz,
    attempts      integer     NOT NULL DEFAULT 0,
    rows_read     bigint      NOT NULL DEFAULT 0,
    rows_total    bigint,
    bytes_read    bigint,
    accepted      bigint      NOT NULL DEFAULT 0,
    already_there bigint      NOT NULL DEFAULT 0,
    refused       bigint      NOT NULL DEFAULT 0,
    CONSTRAINT import_jobs_command UNIQUE (started_by, command_id)
);
CREATE INDEX import_jobs_open ON import_jobs (number) WHERE state IN ('queued', 'running');
CREATE INDEX import_jobs_of_user ON import_jobs (started_by, number);
CREATE INDEX import_jobs_of_file ON import_jobs (file);
CREATE INDEX import_jobs_by_end ON import_jobs (finished_at) WHERE about IS NOT NULL;

-- The records that an import refused, several to a row.
CREATE TABLE import_refused (
    job    uuid    NOT NULL CONSTRAINT import_refused_job REFERENCES import_jobs ON DELETE CASCADE,
    first  bigint  NOT NULL,  -- number of its first record, from 1
    amount integer NOT NULL,
    sealed bytea   NOT NULL,
    CONSTRAINT import_refused_first PRIMARY KEY (job, first)
);
ALTER TABLE import_refused ALTER COLUMN sealed SET STORAGE EXTERNAL;
