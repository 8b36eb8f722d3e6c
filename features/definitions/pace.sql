-- Pace: how much of the quota is booked, for the time that has gone.
SELECT t.rep_id, t.metric, t.ix, t.period_ix,
  CASE WHEN t.quota > 0 THEN CAST(t.attained AS DOUBLE PRECISION) / CAST(t.quota AS DOUBLE PRECISION)
    END AS attainment_so_far,
  CASE WHEN t.quota > 0 AND t.workdays_gone > 0
    THEN CAST(t.attained AS DOUBLE PRECISION) / CAST(t.quota AS DOUBLE PRECISION) / t.elapsed END AS pace,
  CASE WHEN t.quota > 0 AND b.a_364 > 0
    THEN CAST(GREATEST(t.quota - t.attained, 0) AS DOUBLE PRECISION) / LEAST(t.days_left, t.period_end_day - t.start_day + 1)
      / (CAST(b.a_364 AS DOUBLE PRECISION) / LEAST(364, t.tenure_days + 1)) END AS required_speed
FROM targets AS t
JOIN booking_sums AS b ON b.rep_id = t.rep_id AND b.metric = t.metric AND b.ix = t.ix
