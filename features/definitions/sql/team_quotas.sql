-- Goals of teams for the open periods, as known at each cutoff.
SELECT c.ix, c.as_of_day, q.team_id, q.metric, q.grain, q.start_day, q.end_day, q.amount AS quota, q.source, q.currency
FROM quota_spans AS q
JOIN cutoffs AS c ON c.ix >= q.from_ix AND c.ix < q.to_ix
WHERE q.rep_id IS NULL AND q.end_day > c.as_of_day AND q.start_day <= c.as_of_day + 1 + q.span
