-- Quota and ramp: how the quota compares with what the rep usually books, with the one before, and how new the rep is.
SELECT t.rep_id, t.metric, t.ix, t.period_ix,
  CASE WHEN t.quota > 0 AND b.a_364 > 0
    THEN CAST(t.quota AS DOUBLE PRECISION) / (t.period_end_day - t.start_day + 1)
      / (CAST(b.a_364 AS DOUBLE PRECISION) / LEAST(364, t.tenure_days + 1)) END AS quota_vs_usual,
  CASE WHEN t.quota > 0 AND q.amount > 0
    THEN CAST(t.quota AS DOUBLE PRECISION) / CAST(q.amount AS DOUBLE PRECISION) END AS quota_change,
  CAST(LEAST(t.tenure_days, 182) AS DOUBLE PRECISION) / 182 AS ramp_share
FROM targets AS t
JOIN booking_sums AS b ON b.rep_id = t.rep_id AND b.metric = t.metric AND b.ix = t.ix
LEFT JOIN quota_spans AS q
  ON q.rep_id = t.rep_id AND q.metric = t.metric AND q.grain = t.grain AND q.end_day = t.start_day - 1
  AND q.team_id IS NULL AND q.from_ix <= t.ix AND t.ix < q.to_ix
