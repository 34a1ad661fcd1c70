-- $1: the days, whose cells per owner and team are up to date.
WITH cells AS (
    SELECT day, sum(opened)::bigint AS opened, sum(won)::bigint AS won, sum(lost)::bigint AS lost,
           sum(cancelled)::bigint AS cancelled, sum(amount_won) AS amount_won, sum(won_with_amount)::bigint AS won_with_amount,
           sum(days_won) AS days_won, sum(won_with_days)::bigint AS won_with_days, sum(days_lost) AS days_lost,
           sum(lost_with_days)::bigint AS lost_with_days, sum(days_closed) AS days_closed,
           sum(closed_with_days)::bigint AS closed_with_days, sum(closed_in_parts)::bigint AS closed_in_parts
    FROM sales_by_owner_day
    WHERE day = ANY ($1::date[])
    GROUP BY day
), gone AS (
    DELETE FROM sales_by_day AS old
    WHERE old.day = ANY ($1::date[]) AND NOT EXISTS (SELECT FROM cells WHERE cells.day = old.day)
)
INSERT INTO sales_by_day AS old
SELECT * FROM cells
ON CONFLICT (day) DO UPDATE
SET (opened, won, lost, cancelled, amount_won, won_with_amount, days_won, won_with_days, days_lost, lost_with_days,
     days_closed, closed_with_days, closed_in_parts)
  = (excluded.opened, excluded.won, excluded.lost, excluded.cancelled, excluded.amount_won, excluded.won_with_amount,
     excluded.days_won, excluded.won_with_days, excluded.days_lost, excluded.lost_with_days, excluded.days_closed,
     excluded.closed_with_days, excluded.closed_in_parts)
WHERE old IS DISTINCT FROM excluded
