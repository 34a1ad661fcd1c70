-- One row per lead, as the list and the page show it.
CREATE TABLE lead_list (
    id                 uuid        NOT NULL PRIMARY KEY,
    version            bigint      NOT NULL,
    status             text        COLLATE "C" NOT NULL,
    person_name        text,
    company_name       text,
    job_title          text,
    email              text,
    phone              text,
    tax_id             text,
    city               text,
    country            text,
    sector             text,
    campaign           text,
    interest           text,
    expected_value     numeric,
    notes              text,
    external_reference text,
    channel            uuid,
    owner              uuid,
    team               uuid,
    client             uuid,
    opportunity        uuid,
    discard_reason     uuid,
    discard_note       text,
    registered_on      date        NOT NULL,
    contacted_on       date,
    qualified_on       date,
    converted_on       date,
    discarded_on       date,
    date_unknown       boolean     NOT NULL,
    changed_at         timestamptz NOT NULL,
    name_key           text        COLLATE "C" NOT NULL,
    search_text        text        COLLATE "C" NOT NULL,
    subjects           uuid[]      NOT NULL
);

-- Once filled:
CREATE INDEX ON lead_list (registered_on, id);
CREATE INDEX ON lead_list (owner, registered_on, id);
CREATE INDEX ON lead_list (name_key, id);
