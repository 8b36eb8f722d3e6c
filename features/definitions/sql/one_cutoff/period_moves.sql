-- What is booked in each quota period, and in the same period a year before (kind 1), at one cutoff.
WITH live AS (
  SELECT rep_id, metric, occurred_day, amount FROM quiet_bookings
  UNION ALL
  SELECT b.rep_id, b.metric, b.occurred_day, b.amount
  FROM booking_spans AS b
  JOIN cutoffs AS c ON b.from_ix <= c.ix AND c.ix < b.to_ix
)
SELECT b.rep_id, b.metric, d.period_ix, d.kind, 0 AS ix, SUM(b.amount) AS amount
FROM live AS b
JOIN period_days AS d ON d.day = b.occurred_day
GROUP BY b.rep_id, b.metric, d.period_ix, d.kind
