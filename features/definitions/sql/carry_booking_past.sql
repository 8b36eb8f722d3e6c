-- The first booking and the latest gain of each rep and measure so far, of versions that were revised since as well.
WITH ever AS (
  SELECT b.rep_id, b.metric, b.gain_day, b.occurred_day AS first_day
  FROM booking_spans AS b
  JOIN (SELECT MAX(ix) AS ix FROM cutoffs) AS c ON b.from_ix <= c.ix
  UNION ALL
  SELECT rep_id, metric, gain_day, first_day FROM booking_past
)
SELECT rep_id, metric, MAX(gain_day) AS gain_day, MIN(first_day) AS first_day
FROM ever
GROUP BY rep_id, metric
