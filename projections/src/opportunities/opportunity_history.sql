-- One row per opportunity and span of business time over which stage, outcome, amount, owner and probability were the same
-- (DEFINITIONS 13, 14). A span is [from, to), once by days and once by instants; a span may be empty. What was known at a
-- position is read by position and next_position.
CREATE TABLE opportunity_history (
    opportunity   uuid        NOT NULL,
    sequence      bigint      NOT NULL,  -- of the event that began the span
    position      bigint      NOT NULL,
    next_position bigint,                -- of the event that ended it
    recorded_at   timestamptz NOT NULL,
    pipeline      uuid        NOT NULL,
    stage         uuid        NOT NULL,
    outcome       text        COLLATE "C" NOT NULL,
    amount        numeric,
    owner         uuid,                  -- of that time
    team          uuid,                  -- of that time
    probability   numeric,
    from_date     date        NOT NULL,
    to_date       date,
    from_instant  timestamptz NOT NULL,
    to_instant    timestamptz,
    undated       boolean     NOT NULL,  -- nobody knows when it was opened: in no figure of the past (DEFINITIONS 15)
    owner_today   uuid,                  -- who sees the row
    PRIMARY KEY (opportunity, sequence)
);

-- The company's time zone, in which days without a time begin.
CREATE TABLE opportunity_history_zone (
    company   uuid NOT NULL PRIMARY KEY,
    time_zone text COLLATE "C" NOT NULL
);

-- Once filled:
CREATE INDEX ON opportunity_history (pipeline, (coalesce(to_date, 'infinity')), from_date);
CREATE INDEX ON opportunity_history (pipeline, (coalesce(to_instant, 'infinity')), from_instant);
