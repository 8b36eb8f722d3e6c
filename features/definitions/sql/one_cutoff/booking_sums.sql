-- What each rep has booked lately, at one cutoff: versions that became known since an earlier build, and the bookings
-- that it carried and there is no news about.
WITH live AS (
  SELECT rep_id, metric, occurred_day, amount, named_amount, first_amount FROM quiet_bookings
  UNION ALL
  SELECT b.rep_id, b.metric, b.occurred_day, b.amount, b.named_amount, b.first_amount
  FROM booking_spans AS b
  JOIN cutoffs AS c ON b.from_ix <= c.ix AND c.ix < b.to_ix
),
sums AS (
  SELECT b.rep_id, b.metric, COUNT(*) AS n_all,
    SUM(CASE WHEN b.occurred_day + 28 > c.as_of_day THEN b.amount END) AS a_28,
    SUM(CASE WHEN b.occurred_day + 91 > c.as_of_day THEN b.amount END) AS a_91,
    COUNT(CASE WHEN b.occurred_day + 91 > c.as_of_day THEN 1 END) AS n_91,
    SUM(CASE WHEN b.occurred_day + 364 > c.as_of_day THEN b.amount END) AS a_364,
    SUM(CASE WHEN b.occurred_day + 364 > c.as_of_day THEN b.named_amount END) AS named_364,
    SUM(CASE WHEN b.occurred_day + 364 > c.as_of_day THEN b.first_amount END) AS first_364
  FROM live AS b
  CROSS JOIN cutoffs AS c
  GROUP BY b.rep_id, b.metric
)
SELECT g.rep_id, m.metric, g.ix, g.as_of_day, g.segment, g.team_id, COALESCE(s.n_all, 0) AS n_all,
  COALESCE(s.a_28, 0) AS a_28, COALESCE(s.a_91, 0) AS a_91, COALESCE(s.n_91, 0) AS n_91,
  COALESCE(s.a_364, 0) AS a_364, COALESCE(s.named_364, 0) AS named_364, COALESCE(s.first_364, 0) AS first_364,
  p.gain_day AS last_gain_day, p.first_day
FROM rep_grid AS g
CROSS JOIN metrics AS m
LEFT JOIN sums AS s ON s.rep_id = g.rep_id AND s.metric = m.metric
LEFT JOIN carry_booking_past AS p ON p.rep_id = g.rep_id AND p.metric = m.metric
