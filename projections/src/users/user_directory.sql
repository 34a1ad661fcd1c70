-- One row per user.
CREATE TABLE user_directory (
    id                 uuid        NOT NULL PRIMARY KEY,
    version            bigint      NOT NULL,
    name               text,
    email              text,
    role               text        COLLATE "C" NOT NULL,
    team               uuid,
    locale             text        COLLATE "C" NOT NULL,
    active             boolean     NOT NULL,
    external_reference text,
    registered_on      date        NOT NULL,
    changed_at         timestamptz NOT NULL,
    name_key           text        COLLATE "C" NOT NULL,
    search_text        text        COLLATE "C" NOT NULL,
    subjects           uuid[]      NOT NULL
);
CREATE INDEX ON user_directory (team);

-- One row per team, those disbanded included, whose names figures of the past still need.
CREATE TABLE team_directory (
    id        uuid    NOT NULL PRIMARY KEY,
    tree      uuid    NOT NULL,
    version   bigint  NOT NULL,
    name      text    NOT NULL,
    parent    uuid,
    manager   uuid,
    office    text,
    works_at  text,
    path      uuid[]  NOT NULL,
    disbanded boolean NOT NULL,
    formed_on date    NOT NULL,
    name_key  text    COLLATE "C" NOT NULL
);
