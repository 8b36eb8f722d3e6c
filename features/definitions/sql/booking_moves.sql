-- Signed moves of each rep's trailing sums: in when a booking is known, out when it leaves the window or is revised.
WITH moves AS (
  SELECT rep_id, metric, from_ix AS ix, 1 AS n_all, gain_day, occurred_day AS first_day, known_day AS news_day,
    CASE WHEN from_ix < ix_28 THEN amount ELSE 0 END AS a_28,
    CASE WHEN from_ix < ix_91 THEN amount ELSE 0 END AS a_91,
    CASE WHEN from_ix < ix_91 THEN 1 ELSE 0 END AS n_91,
    CASE WHEN from_ix < ix_364 THEN amount ELSE 0 END AS a_364,
    CASE WHEN from_ix < ix_364 THEN 1 ELSE 0 END AS n_364,
    CASE WHEN from_ix < ix_364 THEN named_amount ELSE 0 END AS named_364,
    CASE WHEN from_ix < ix_364 THEN first_amount ELSE 0 END AS first_364
  FROM booking_spans
  UNION ALL
  SELECT rep_id, metric, to_ix, -1, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0 FROM booking_spans
  UNION ALL
  SELECT rep_id, metric, LEAST(to_ix, ix_28), 0, NULL, NULL, NULL, -amount, 0, 0, 0, 0, 0, 0
  FROM booking_spans WHERE from_ix < ix_28
  UNION ALL
  SELECT rep_id, metric, LEAST(to_ix, ix_91), 0, NULL, NULL, NULL, 0, -amount, -1, 0, 0, 0, 0
  FROM booking_spans WHERE from_ix < ix_91
  UNION ALL
  SELECT rep_id, metric, LEAST(to_ix, ix_364), 0, NULL, NULL, NULL, 0, 0, 0, -amount, -1, -named_amount, -first_amount
  FROM booking_spans WHERE from_ix < ix_364
)
SELECT rep_id, metric, ix, SUM(n_all) AS n_all, MAX(gain_day) AS gain_day, MIN(first_day) AS first_day,
  MAX(news_day) AS news_day, SUM(a_28) AS a_28, SUM(a_91) AS a_91, SUM(n_91) AS n_91, SUM(a_364) AS a_364, SUM(n_364) AS n_364, SUM(named_364) AS named_364,
  SUM(first_364) AS first_364
FROM moves
GROUP BY rep_id, metric, ix
