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

-- What the cells are made from, when they are made anew and when all are made at once.
CREATE VIEW sales_of_owner_day AS
SELECT day,
       coalesce(owner, '00000000-0000-0000-0000-000000000000') AS owner,
       coalesce(team, '00000000-0000-0000-0000-000000000000') AS team,
       count(*) FILTER (WHERE is_opening)                                   AS opened,
       count(*) FILTER (WHERE outcome = 'won')                              AS won,
       count(*) FILTER (WHERE outcome = 'lost')                             AS lost,
       count(*) FILTER (WHERE outcome = 'cancelled')                        AS cancelled,
       coalesce(sum(amount_won) FILTER (WHERE outcome = 'won'), 0)          AS amount_won,
       count(amount_won) FILTER (WHERE outcome = 'won')                     AS won_with_amount,
       coalesce(sum(cycle_days) FILTER (WHERE outcome = 'won'), 0)          AS days_won,
       count(cycle_days) FILTER (WHERE outcome = 'won')                     AS won_with_days,
       coalesce(sum(cycle_days) FILTER (WHERE outcome = 'lost'), 0)         AS days_lost,
       count(cycle_days) FILTER (WHERE outcome = 'lost')                    AS lost_with_days,
       coalesce(sum(cycle_days), 0)                                         AS days_closed,
       count(cycle_days)                                                    AS closed_with_days,
       count(*) FILTER (WHERE cycle_days <> trunc(cycle_days))              AS closed_in_parts
FROM (
    SELECT opened_on AS day, opened_owner AS owner, opened_team AS team, true AS is_opening,
           NULL AS outcome, NULL::numeric AS amount_won, NULL::numeric AS cycle_days
    FROM opportunity_facts
    WHERE opened_on IS NOT NULL
    UNION ALL
    SELECT closed_on, closed_owner, closed_team, false, outcome, amount_won, cycle_days
    FROM opportunity_facts
    WHERE closed_on IS NOT NULL
) AS counted
GROUP BY 1, 2, 3;

CREATE VIEW sales_of_day AS
SELECT day, sum(opened)::bigint AS opened, sum(won)::bigint AS won, sum(lost)::bigint AS lost,
       sum(cancelled)::bigint AS cancelled, sum(amount_won) AS amount_won, sum(won_with_amount)::bigint AS won_with_amount,
       sum(days_won) AS days_won, sum(won_with_days)::bigint AS won_with_days, sum(days_lost) AS days_lost,
       sum(lost_with_days)::bigint AS lost_with_days, sum(days_closed) AS days_closed,
       sum(closed_with_days)::bigint AS closed_with_days, sum(closed_in_parts)::bigint AS closed_in_parts
FROM sales_by_owner_day
GROUP BY day;

CREATE VIEW cycle_days_of_day AS
SELECT closed_on AS day, outcome, cycle_days::integer AS cycle_days, count(*) AS closed
FROM opportunity_facts
WHERE closed_on IS NOT NULL AND cycle_days = trunc(cycle_days)
GROUP BY 1, 2, 3;

-- Once filled:
CREATE INDEX ON opportunity_facts (opened_on);
CREATE INDEX ON opportunity_facts (closed_on);
CREATE INDEX ON opportunity_facts (opportunity) WHERE outcome = 'open';
-- The pipeline at any day is one range of this index.
CREATE INDEX ON opportunity_stage_facts ((coalesce(next_day, 'infinity'::date)), from_day) WHERE outcome = 'open';
CREATE INDEX ON opportunity_stage_facts (from_day);
CREATE INDEX ON sales_terms (from_day);
CREATE INDEX ON lead_facts (created_on);
CREATE INDEX ON lead_facts (converted_on);
CREATE INDEX ON stage_probabilities (stage);
INSERT INTO sales_by_owner_day SELECT * FROM sales_of_owner_day;
CREATE INDEX ON sales_by_owner_day (day);
INSERT INTO sales_by_day SELECT * FROM sales_of_day;
INSERT INTO cycle_days_by_day SELECT * FROM cycle_days_of_day;
