-- One row per client, as the list and the page show it.
CREATE TABLE client_list (
    id                 uuid        NOT NULL PRIMARY KEY,
    version            bigint      NOT NULL,
    kind               text        COLLATE "C" NOT NULL,
    company_name       text,
    legal_name         text,
    person_name        text,
    tax_id             text,
    email              text,
    phone              text,
    website            text,
    sector             text,
    street             text,
    postal_code        text,
    city               text,
    province           text,
    country            text,
    employees          bigint,
    revenue            numeric,
    founded            integer,
    parent_company     text,
    notes              text,
    external_reference text,
    owner              uuid,
    team               uuid,
    lead               uuid,
    archived           boolean     NOT NULL,
    registered_on      date        NOT NULL,
    date_unknown       boolean     NOT NULL,
    changed_at         timestamptz NOT NULL,
    name_key           text        COLLATE "C" NOT NULL,
    search_text        text        COLLATE "C" NOT NULL,
    subjects           uuid[]      NOT NULL
);

-- One row per person of contact. The owner is the client's, so that whoever sees the client sees its persons.
CREATE TABLE contact_list (
    id          uuid   NOT NULL PRIMARY KEY,
    client      uuid   NOT NULL,
    owner       uuid,
    name        text,
    role        text,
    email       text,
    phone       text,
    notes       text,
    added_on    date   NOT NULL,
    name_key    text   COLLATE "C" NOT NULL,
    search_text text   COLLATE "C" NOT NULL,
    subjects    uuid[] NOT NULL
);
CREATE INDEX ON contact_list (client);

-- Once filled:
CREATE INDEX ON client_list (registered_on, id);
CREATE INDEX ON client_list (name_key, id);
CREATE INDEX ON client_list (owner, name_key, id);
CREATE INDEX ON contact_list (name_key, id);
