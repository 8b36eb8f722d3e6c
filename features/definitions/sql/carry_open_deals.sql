-- Every row of the deals that are open after the last cutoff: the next row of a deal is read beside those before it.
SELECT opportunity_id, version, rep_id, source, stage, amount, outcome, deleted, known_on, changed_at, created_on,
  expected_close, known_at, seq
FROM deal_rows
WHERE opportunity_id IN (SELECT opportunity_id FROM deal_spans WHERE standing = 0 AND next_day IS NULL)
