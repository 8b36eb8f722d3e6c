-- The deals that are not open after the last cutoff: should one of them change, its rows are looked up in the log.
SELECT opportunity_id
FROM deal_spans
WHERE standing <> 0 AND next_day IS NULL
