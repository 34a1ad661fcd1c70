-- One row per pipeline.
CREATE TABLE pipeline_list (
    id         uuid    NOT NULL PRIMARY KEY,
    version    bigint  NOT NULL,
    name       text    NOT NULL,
    retired    boolean NOT NULL,
    created_on date    NOT NULL,
    name_key   text    COLLATE "C" NOT NULL
);

-- One row per stage, as it stands today.
CREATE TABLE pipeline_stages (
    id          uuid    NOT NULL PRIMARY KEY,
    pipeline    uuid    NOT NULL,
    rank        integer NOT NULL,
    name        text    NOT NULL,
    category    text    COLLATE "C" NOT NULL,
    probability numeric NOT NULL,
    retired     boolean NOT NULL
);
CREATE INDEX ON pipeline_stages (pipeline, rank);

-- One row per stage and span of days over which it was the same (DEFINITIONS 14): [from_date, to_date).
CREATE TABLE pipeline_stage_history (
    stage       uuid    NOT NULL,
    sequence    bigint  NOT NULL,
    pipeline    uuid    NOT NULL,
    name        text    NOT NULL,
    probability numeric NOT NULL,
    retired     boolean NOT NULL,
    from_date   date    NOT NULL,
    to_date     date,
    PRIMARY KEY (stage, sequence)
);
CREATE INDEX ON pipeline_stage_history (pipeline);
