-- $1: the days. How many opportunities closed on each took how many whole days.
WITH cells AS (
    SELECT * FROM cycle_days_of_day WHERE day = ANY ($1::date[])
), gone AS (
    DELETE FROM cycle_days_by_day AS old
    WHERE old.day = ANY ($1::date[])
      AND NOT EXISTS (SELECT FROM cells WHERE (cells.day, cells.outcome, cells.cycle_days) = (old.day, old.outcome, old.cycle_days))
)
INSERT INTO cycle_days_by_day AS old
SELECT * FROM cells
ON CONFLICT (day, outcome, cycle_days) DO UPDATE SET closed = excluded.closed
WHERE old.closed <> excluded.closed
