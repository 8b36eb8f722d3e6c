-- Each version of a booking with the cutoffs at which it is the one that is known: from_ix <= ix < to_ix.
-- booking_heads holds the bookings of days to come that an earlier build carried; it is empty in a rebuild.
-- A version that stood on some day stays in, even if no cutoff saw it: what a cutoff says depends on no other cutoff.
WITH versions AS (
  SELECT booking_id, rep_id, metric, account_id, occurred_day, known_day, known_at, seq, amount, counted,
    LEAD(known_day) OVER (PARTITION BY booking_id ORDER BY known_at, seq) AS next_day
  FROM booking_versions
)
SELECT v.booking_id, v.rep_id, v.metric, v.occurred_day, v.known_day, v.next_day, v.amount,
  CASE WHEN v.account_id IS NULL THEN CAST(0 AS DECIMAL(18, 4)) ELSE v.amount END AS named_amount,
  CASE WHEN f.account_id IS NOT NULL THEN v.amount ELSE CAST(0 AS DECIMAL(18, 4)) END AS first_amount,
  CASE WHEN v.amount > 0 THEN v.occurred_day END AS gain_day,
  GREATEST(k.ix, o.ix) AS from_ix, t.ix AS to_ix, o.ix_28, o.ix_91, o.ix_364
FROM versions AS v
JOIN days AS k ON k.day = v.known_day
JOIN days AS o ON o.day = v.occurred_day
JOIN days AS t ON t.day = COALESCE(v.next_day, 47846)
LEFT JOIN account_firsts AS f
  ON f.account_id = v.account_id AND f.booking_id = v.booking_id AND f.known_at = v.known_at AND f.seq = v.seq
WHERE v.counted = 1 AND GREATEST(v.known_day, v.occurred_day) < COALESCE(v.next_day, 47846)
UNION ALL
SELECT h.booking_id, h.rep_id, h.metric, h.occurred_day, h.known_day, h.next_day, h.amount, h.named_amount,
  h.first_amount, CASE WHEN h.amount > 0 THEN h.occurred_day END, GREATEST(k.ix, o.ix), t.ix, o.ix_28, o.ix_91, o.ix_364
FROM booking_heads AS h
JOIN days AS k ON k.day = h.known_day
JOIN days AS o ON o.day = h.occurred_day
JOIN days AS t ON t.day = COALESCE(h.next_day, 47846)
WHERE GREATEST(h.known_day, h.occurred_day) < COALESCE(h.next_day, 47846)
