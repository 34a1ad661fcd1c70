-- Who may come in: passwords, sessions, API keys and one-time links. Secrets lie here only as hashes, and none of this is
-- an event: it is not history that anybody replays. All of it commits with synchronous_commit on.

-- How a user proves to be that user.
CREATE TABLE credentials (
    user_id       uuid        NOT NULL CONSTRAINT credentials_user PRIMARY KEY,
    password_hash text        NOT NULL,  -- argon2id, as a PHC string
    changed_at    timestamptz NOT NULL DEFAULT now()
);

-- A browser that is signed in.
CREATE TABLE sessions (
    id           uuid        NOT NULL CONSTRAINT sessions_id PRIMARY KEY,
    token_hash   bytea       NOT NULL CONSTRAINT sessions_token UNIQUE,  -- SHA-256
    user_id      uuid        NOT NULL,
    user_agent   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),  -- to the minute
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- A program that acts in a user's name.
CREATE TABLE api_keys (
    id           uuid        NOT NULL CONSTRAINT api_keys_id PRIMARY KEY,
    token_hash   bytea       NOT NULL CONSTRAINT api_keys_token UNIQUE,  -- SHA-256
    user_id      uuid        NOT NULL,
    name         text        NOT NULL,
    permissions  text[],                 -- all that the user's role has where null
    created_by   uuid        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,            -- to the minute
    expires_at   timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX api_keys_of_user ON api_keys (user_id);

-- A way in that works once: to choose a password, or, without a user, to become the first administrator.
CREATE TABLE one_time_links (
    token_hash bytea       NOT NULL CONSTRAINT one_time_links_token PRIMARY KEY,  -- SHA-256
    user_id    uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX one_time_links_of_user ON one_time_links (user_id);

-- Attempts to sign in within a window, by keyed hash of the account or of the source.
CREATE TABLE sign_in_attempts (
    subject      bytea       NOT NULL CONSTRAINT sign_in_attempts_subject PRIMARY KEY,
    attempts     integer     NOT NULL,
    window_start timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_attempts_by_start ON sign_in_attempts (window_start);

-- Raised in the transaction of every revocation: what a node remembers of callers counts only while this stands still.
CREATE TABLE identity_epoch (
    one   boolean NOT NULL DEFAULT true CONSTRAINT identity_epoch_is_one_row PRIMARY KEY CHECK (one),
    epoch bigint  NOT NULL DEFAULT 0
) WITH (fillfactor = 20);
INSERT INTO identity_epoch DEFAULT VALUES;

-- The last change of a user or team is found in one step: roles, teams and deactivation count from there on.
CREATE INDEX events_of_users ON events (position) WHERE aggregate_type IN ('user', 'team_tree');
