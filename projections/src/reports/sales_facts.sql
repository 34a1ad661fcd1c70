-- Facts: one row per thing that can be counted, with the owner and team of its business date. A fact whose day nobody knows has
-- no day. Histories are kept in business time and in recording time: a row is in force from `from_*` on, until the next row's;
-- what was known at a position is found by `position` and `next_*position`.

-- One row per opportunity, as it is known now.
CREATE TABLE opportunity_facts (
    opportunity    uuid    NOT NULL PRIMARY KEY,
    pipeline       uuid    NOT NULL,
    client         uuid,
    channel        uuid,
    stage          uuid    NOT NULL,
    outcome        text    COLLATE "C" NOT NULL,
    owner          uuid,
    team           uuid,
    amount         numeric,
    probability    numeric,            -- as somebody judged it, 0 to 100; else the stage's
    opened_on      date,
    opened_at      timestamptz,        -- where the instant is known
    opened_through timestamptz,        -- last instant of the opening: the end of its day where no instant is known
    opened_stage   uuid    NOT NULL,
    opened_owner   uuid,
    opened_team    uuid,
    closed_on      date,               -- first event into the category it is in, since it was last reopened
    closed_owner   uuid,
    closed_team    uuid,
    amount_won     numeric,
    cycle_days     numeric             -- closing - opening (DEFINITIONS 12)
);
CREATE INDEX ON opportunity_facts (opened_on);
CREATE INDEX ON opportunity_facts (closed_on);
CREATE INDEX ON opportunity_facts (opportunity) WHERE outcome = 'open';

-- Every stage that an opportunity entered.
CREATE TABLE opportunity_stage_facts (
    opportunity         uuid    NOT NULL,
    position            bigint  NOT NULL,
    stage               uuid    NOT NULL,
    outcome             text    COLLATE "C" NOT NULL,
    is_opening          boolean NOT NULL,
    entered_on          date,
    entered_through     timestamptz,
    closed_on           date,               -- as in opportunity_facts, while this row is in force
    closed_through      timestamptz,
    amount_won          numeric,
    cycle_days          numeric,
    from_day            date,
    from_at             timestamptz,
    next_position       bigint,
    next_dated_position bigint,
    next_day            date,
    next_at             timestamptz,
    PRIMARY KEY (opportunity, position)
);
-- The pipeline at any day is one range of this index.
CREATE INDEX ON opportunity_stage_facts ((coalesce(next_day, 'infinity'::date)), from_day) WHERE outcome = 'open';
CREATE INDEX ON opportunity_stage_facts (from_day);

-- Who took care of an opportunity or lead, and what it was worth.
CREATE TABLE sales_terms (
    record              uuid   NOT NULL,
    position            bigint NOT NULL,
    owner               uuid,
    team                uuid,
    client              uuid,
    channel             uuid,
    amount              numeric,
    probability         numeric,
    from_day            date,
    from_at             timestamptz,
    next_position       bigint,
    next_dated_position bigint,
    next_day            date,
    next_at             timestamptz,
    PRIMARY KEY (record, position)
);
CREATE INDEX ON sales_terms (from_day);

-- What is, or would be, sold with an opportunity.
CREATE TABLE opportunity_line_facts (
    opportunity         uuid    NOT NULL,
    position            bigint  NOT NULL,
    line                uuid    NOT NULL,
    product             uuid    NOT NULL,
    units               numeric NOT NULL,
    amount              numeric NOT NULL,
    from_day            date,
    from_at             timestamptz,
    next_position       bigint,
    next_dated_position bigint,
    next_day            date,
    next_at             timestamptz,
    PRIMARY KEY (opportunity, position, line)
);

-- One row per lead, as it is known now.
CREATE TABLE lead_facts (
    lead               uuid   NOT NULL PRIMARY KEY,
    channel            uuid,
    sector             text,
    created_position   bigint NOT NULL,
    created_on         date,
    created_at         timestamptz,
    created_through    timestamptz,
    created_from_day   date,
    created_from_at    timestamptz,
    created_owner      uuid,
    created_team       uuid,
    converted_position bigint,
    converted_on       date,
    converted_through  timestamptz,
    converted_from_day date,
    converted_from_at  timestamptz,
    converted_owner    uuid,
    converted_team     uuid,
    days_to_convert    numeric
);
CREATE INDEX ON lead_facts (created_on);
CREATE INDEX ON lead_facts (converted_on);

-- What was so of a client, a product, a stage, from which day on. The first value known holds for the time before it.
CREATE TABLE client_sectors (
    client        uuid   NOT NULL,
    position      bigint NOT NULL,
    sector        text,
    from_day      date   NOT NULL,
    next_position bigint,
    next_day      date,
    PRIMARY KEY (client, position)
);
CREATE TABLE product_families (
    product       uuid   NOT NULL,
    position      bigint NOT NULL,
    family        text,
    from_day      date   NOT NULL,
    next_position bigint,
    next_day      date,
    PRIMARY KEY (product, position)
);
CREATE TABLE product_list_prices (
    product       uuid   NOT NULL,
    position      bigint NOT NULL,
    list_price    numeric,
    from_day      date   NOT NULL,
    next_position bigint,
    next_day      date,
    PRIMARY KEY (product, position)
);
CREATE TABLE stage_probabilities (
    pipeline      uuid    NOT NULL,
    stage         uuid    NOT NULL,
    position      bigint  NOT NULL,
    probability   numeric NOT NULL,
    from_day      date    NOT NULL,
    next_position bigint,
    next_day      date,
    PRIMARY KEY (pipeline, stage, position)
);
CREATE INDEX ON stage_probabilities (stage);

-- Every change of a team. The team's path, manager and office follow from these.
CREATE TABLE team_changes (
    tree     uuid    NOT NULL,
    team     uuid    NOT NULL,
    position bigint  NOT NULL,
    parent   uuid,
    manager  uuid,
    office   text,
    from_day date    NOT NULL,
    PRIMARY KEY (tree, team, position)
);

-- The company's calendar and currency.
CREATE TABLE report_calendar (
    company      uuid    NOT NULL PRIMARY KEY,
    fiscal_start integer NOT NULL,      -- month, 1 to 12
    time_zone    text    NOT NULL,
    currency     text    NOT NULL
);

-- Roll-ups: what the facts of a day add up to, per owner and team and for the whole company. Cells are made anew from the facts
-- whenever a fact of their day changes. Nobody and no team are the nil UUID.
CREATE TABLE sales_by_owner_day (
    day              date    NOT NULL,
    owner            uuid    NOT NULL,
    team             uuid    NOT NULL,
    opened           bigint  NOT NULL,
    won              bigint  NOT NULL,
    lost             bigint  NOT NULL,
    cancelled        bigint  NOT NULL,
    amount_won       numeric NOT NULL,
    won_with_amount  bigint  NOT NULL,
    days_won         numeric NOT NULL,
    won_with_days    bigint  NOT NULL,
    days_lost        numeric NOT NULL,
    lost_with_days   bigint  NOT NULL,
    days_closed      numeric NOT NULL,
    closed_with_days bigint  NOT NULL,
    closed_in_parts  bigint  NOT NULL, -- not of whole days
    PRIMARY KEY (owner, day, team)
);
CREATE INDEX ON sales_by_owner_day (day);
CREATE TABLE sales_by_day (
    day              date    NOT NULL PRIMARY KEY,
    opened           bigint  NOT NULL,
    won              bigint  NOT NULL,
    lost             bigint  NOT NULL,
    cancelled        bigint  NOT NULL,
    amount_won       numeric NOT NULL,
    won_with_amount  bigint  NOT NULL,
    days_won         numeric NOT NULL,
    won_with_days    bigint  NOT NULL,
    days_lost        numeric NOT NULL,
    lost_with_days   bigint  NOT NULL,
    days_closed      numeric NOT NULL,
    closed_with_days bigint  NOT NULL,
    closed_in_parts  bigint  NOT NULL
);
-- How many opportunities closed on a day took how many whole days; those that took parts of days are not here (closed_in_parts).
CREATE TABLE cycle_days_by_day (
    day        date    NOT NULL,
    outcome    text    COLLATE "C" NOT NULL,
    cycle_days integer NOT NULL,
    closed     bigint  NOT NULL,
    PRIMARY KEY (day, outcome, cycle_days)
);
