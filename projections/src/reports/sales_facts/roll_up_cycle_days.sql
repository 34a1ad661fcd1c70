-- $1: the days. How many opportunities closed on each took how many whole days.
WITH cells AS (
    SELECT closed_on AS day, outcome, cycle_days::integer AS cycle_days, count(*) AS closed
    FROM opportunity_facts
    WHERE closed_on = ANY ($1::date[]) AND cycle_days = trunc(cycle_days)
    GROUP BY 1, 2, 3
), gone AS (
    DELETE FROM cycle_days_by_day AS old
    WHERE old.day = ANY ($1::date[])
      AND NOT EXISTS (SELECT FROM cells WHERE (cells.day, cells.outcome, cells.cycle_days) = (old.day, old.outcome, old.cycle_days))
)
INSERT INTO cycle_days_by_day AS old
SELECT * FROM cells
ON CONFLICT (day, outcome, cycle_days) DO UPDATE SET closed = excluded.closed
WHERE old.closed <> excluded.closed
