-- Signed moves of each rep's trailing sums: in when a booking is known, out when it leaves the window or is revised.
WITH ever AS (
  SELECT rep_id, metric, ix, SUM(n) AS n_all, MAX(gain_day) AS gain_day, MIN(first_day) AS first_day
  FROM (
    SELECT rep_id, metric, from_ix AS ix, 1 AS n, gain_day, occurred_day AS first_day
    FROM booking_spans
    UNION ALL
    SELECT rep_id, metric, to_ix, -1, NULL, NULL FROM booking_spans
  ) AS both_ends
  GROUP BY rep_id, metric, ix
),
weeks_4 AS (
  SELECT rep_id, metric, ix, SUM(amount) AS a_28
  FROM (
    SELECT rep_id, metric, from_ix AS ix, amount FROM booking_spans WHERE from_ix < ix_28
    UNION ALL
    SELECT rep_id, metric, LEAST(to_ix, ix_28), -amount FROM booking_spans WHERE from_ix < ix_28
  ) AS both_ends
  GROUP BY rep_id, metric, ix
),
weeks_13 AS (
  SELECT rep_id, metric, ix, SUM(amount) AS a_91, SUM(n) AS n_91
  FROM (
    SELECT rep_id, metric, from_ix AS ix, amount, 1 AS n FROM booking_spans WHERE from_ix < ix_91
    UNION ALL
    SELECT rep_id, metric, LEAST(to_ix, ix_91), -amount, -1 FROM booking_spans WHERE from_ix < ix_91
  ) AS both_ends
  GROUP BY rep_id, metric, ix
),
weeks_52 AS (
  SELECT rep_id, metric, ix, SUM(amount) AS a_364, SUM(named) AS named_364, SUM(first) AS first_364
  FROM (
    SELECT rep_id, metric, from_ix AS ix, amount, named_amount AS named, first_amount AS first
    FROM booking_spans
    WHERE from_ix < ix_364
    UNION ALL
    SELECT rep_id, metric, LEAST(to_ix, ix_364), -amount, -named_amount, -first_amount
    FROM booking_spans
    WHERE from_ix < ix_364
  ) AS both_ends
  GROUP BY rep_id, metric, ix
)
SELECT g.rep_id, m.metric, g.ix, g.as_of_day, g.segment, g.team_id, e.n_all, e.gain_day, e.first_day,
  f.a_28, q.a_91, q.n_91, y.a_364, y.named_364, y.first_364
FROM dense_grid AS g
CROSS JOIN metrics AS m
LEFT JOIN ever AS e ON e.rep_id = g.rep_id AND e.metric = m.metric AND e.ix = g.ix
LEFT JOIN weeks_4 AS f ON f.rep_id = g.rep_id AND f.metric = m.metric AND f.ix = g.ix
LEFT JOIN weeks_13 AS q ON q.rep_id = g.rep_id AND q.metric = m.metric AND q.ix = g.ix
LEFT JOIN weeks_52 AS y ON y.rep_id = g.rep_id AND y.metric = m.metric AND y.ix = g.ix
