-- The deals that are not open after the last cutoff: should one of them change, its rows are looked up in the log.
SELECT c.opportunity_id
FROM closed_deals AS c
WHERE NOT EXISTS (SELECT 1 FROM deal_rows AS r WHERE r.opportunity_id = c.opportunity_id)
UNION ALL
SELECT s.opportunity_id
FROM deal_spans AS s
WHERE s.standing <> 0 AND s.next_day IS NULL
  AND EXISTS (SELECT 1 FROM deal_rows AS r WHERE r.opportunity_id = s.opportunity_id)
