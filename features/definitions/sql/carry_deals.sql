-- The open deals as they stand after the last cutoff.
SELECT opportunity_id, rep_id, amount, created_day, expected_day, known_day, inherited
FROM deal_spans
WHERE standing = 0 AND next_day IS NULL
