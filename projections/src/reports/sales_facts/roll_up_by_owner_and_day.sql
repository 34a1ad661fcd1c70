-- $1: the days. One pass over their facts; only cells that changed are written.
WITH counted AS (
    SELECT opened_on AS day, opened_owner AS owner, opened_team AS team, true AS is_opening,
           NULL AS outcome, NULL::numeric AS amount_won, NULL::numeric AS cycle_days
    FROM opportunity_facts
    WHERE opened_on = ANY ($1::date[])
    UNION ALL
    SELECT closed_on, closed_owner, closed_team, false, outcome, amount_won, cycle_days
    FROM opportunity_facts
    WHERE closed_on = ANY ($1::date[])
), cells AS (
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
    FROM counted
    GROUP BY 1, 2, 3
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
