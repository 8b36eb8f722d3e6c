-- Each version of a quota with the cutoffs at which it is the one that is known: from_ix <= ix < to_ix.
-- A version that stood on some day stays in, even if no cutoff saw it: what a cutoff says depends on no other cutoff.
WITH versions AS (
  SELECT rep_id, team_id, metric, start_day, end_day, amount, currency, source, deleted, known_day,
    LEAD(known_day) OVER (
      PARTITION BY rep_id, team_id, start_day, end_day, metric ORDER BY known_at, seq
    ) AS next_day
  FROM quota_versions
)
SELECT v.rep_id, v.team_id, v.metric, p.period_ix, p.grain, p.span, v.start_day, v.end_day, v.amount, v.currency,
  v.source, f.ix AS from_ix, t.ix AS to_ix
FROM versions AS v
JOIN days AS f ON f.day = v.known_day
JOIN days AS t ON t.day = COALESCE(v.next_day, 47846)
JOIN periods AS p ON p.start_day = v.start_day AND p.end_day = v.end_day
WHERE NOT v.deleted AND v.known_day < COALESCE(v.next_day, 47846)
