-- One row per channel and per reason.
CREATE TABLE catalogue_entries (
    id        uuid    NOT NULL PRIMARY KEY,
    catalogue uuid    NOT NULL,
    version   bigint  NOT NULL,
    kind      text    COLLATE "C" NOT NULL,
    name      text    NOT NULL,
    retired   boolean NOT NULL,
    added_on  date    NOT NULL,
    name_key  text    COLLATE "C" NOT NULL
);
