-- One row per product or service.
CREATE TABLE product_catalog (
    id                 uuid        NOT NULL PRIMARY KEY,
    version            bigint      NOT NULL,
    code               text        NOT NULL,
    name               text,
    family             text,
    unit               text,
    description        text,
    external_reference text,
    list_price         numeric,
    retired            boolean     NOT NULL,
    registered_on      date        NOT NULL,
    changed_at         timestamptz NOT NULL,
    code_key           text        COLLATE "C" NOT NULL,
    name_key           text        COLLATE "C" NOT NULL,
    search_text        text        COLLATE "C" NOT NULL
);

-- One row per product and span of days over which it had one list price (DEFINITIONS 14): [from_date, to_date).
CREATE TABLE product_prices (
    product    uuid    NOT NULL,
    sequence   bigint  NOT NULL,
    list_price numeric,
    from_date  date    NOT NULL,
    to_date    date,
    PRIMARY KEY (product, sequence)
);

-- Once filled:
CREATE INDEX ON product_catalog (name_key, id);
CREATE INDEX ON product_catalog (code_key, id);
