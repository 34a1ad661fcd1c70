-- One row: what the company said of itself.
CREATE TABLE company_profile (
    id           uuid        NOT NULL PRIMARY KEY,
    version      bigint      NOT NULL,
    name         text        NOT NULL,
    currency     text        COLLATE "C" NOT NULL,
    time_zone    text        COLLATE "C" NOT NULL,
    fiscal_start integer     NOT NULL,
    locale       text        COLLATE "C" NOT NULL,
    set_up_at    timestamptz NOT NULL
);
