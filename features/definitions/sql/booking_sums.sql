-- Running sums of the booking moves: what each rep has booked lately, at each cutoff.
SELECT b.rep_id, b.metric, b.ix, b.as_of_day, b.segment, b.team_id,
  COALESCE(SUM(b.n_all) OVER past, 0) AS n_all,
  COALESCE(SUM(b.a_28) OVER past, 0) AS a_28,
  COALESCE(SUM(b.a_91) OVER past, 0) AS a_91,
  COALESCE(SUM(b.n_91) OVER past, 0) AS n_91,
  COALESCE(SUM(b.a_364) OVER past, 0) AS a_364,
  COALESCE(SUM(b.named_364) OVER past, 0) AS named_364,
  COALESCE(SUM(b.first_364) OVER past, 0) AS first_364,
  MAX(b.gain_day) OVER past AS last_gain_day,
  MIN(b.first_day) OVER past AS first_day
FROM booking_moves AS b
WINDOW past AS (PARTITION BY b.rep_id, b.metric ORDER BY b.ix ROWS UNBOUNDED PRECEDING)
