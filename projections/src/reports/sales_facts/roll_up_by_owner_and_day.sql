-- $1: the days. One pass over their facts; only cells that changed are written.
WITH cells AS (
    SELECT * FROM sales_of_owner_day WHERE day = ANY ($1::date[])
), gone AS (
    DELETE FROM sales_by_owner_day AS old
    WHERE old.day = ANY ($1::date[])
      AND NOT EXISTS (SELECT FROM cells WHERE (cells.day, cells.owner, cells.team) = (old.day, old.owner, old.team))
)
INSERT INTO sales_by_owner_day AS old
SELECT * FROM cells
ON CONFLICT (owner, day, team) DO UPDATE
SET (opened, won, lost, cancelled, amount_won, won_with_amount, days_won, won_with_days, days_lost, lost_with_days,
     days_closed, closed_with_days, closed_in_parts)
  = (excluded.opened, excluded.won, excluded.lost, excluded.cancelled, excluded.amount_won, excluded.won_with_amount,
     excluded.days_won, excluded.won_with_days, excluded.days_lost, excluded.lost_with_days, excluded.days_closed,
     excluded.closed_with_days, excluded.closed_in_parts)
WHERE old IS DISTINCT FROM excluded
