-- One row per opportunity, as lists, cards, the board and the page show it.
CREATE TABLE opportunity_list (
    id                 uuid        NOT NULL PRIMARY KEY,
    version            bigint      NOT NULL,
    pipeline           uuid        NOT NULL,
    stage              uuid        NOT NULL,
    outcome            text        COLLATE "C" NOT NULL,
    title              text,
    campaign           text,
    notes              text,
    external_reference text,
    client             uuid,
    lead               uuid,
    channel            uuid,
    owner              uuid,
    team               uuid,
    amount             numeric,
    currency           text        COLLATE "C" NOT NULL,
    probability        numeric,
    expected_close     date,
    opened_on          date        NOT NULL,
    stage_entered_on   date        NOT NULL,
    closed_on          date,
    reason             uuid,
    competitor         text,
    closing_note       text,
    date_unknown       boolean     NOT NULL,
    changed_at         timestamptz NOT NULL,
    title_key          text        COLLATE "C" NOT NULL,
    search_text        text        COLLATE "C" NOT NULL,
    subjects           uuid[]      NOT NULL
);

-- What each opportunity sells. The owner is the opportunity's, so that whoever sees it sees its lines.
CREATE TABLE opportunity_lines (
    id          uuid    NOT NULL,
    opportunity uuid    NOT NULL,
    owner       uuid,
    rank        integer NOT NULL,
    product     uuid    NOT NULL,
    description text,
    quantity    numeric NOT NULL,
    unit_price  numeric,
    discount    numeric,
    amount      numeric NOT NULL,
    PRIMARY KEY (opportunity, id)
);

-- Once filled:
CREATE INDEX ON opportunity_list (opened_on, id);
CREATE INDEX ON opportunity_list (owner, opened_on, id);
CREATE INDEX ON opportunity_list (pipeline, stage, opened_on, id);
CREATE INDEX ON opportunity_list (client);
CREATE INDEX ON opportunity_lines (product);
