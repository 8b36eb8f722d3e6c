-- One row per deal ever known: its latest state, and since when it is decided.
SELECT s.opportunity_id, s.rep_id, COALESCE(r.segment, '') AS segment, s.source, s.created_day, s.outcome,
  CASE WHEN s.outcome <> 'open' THEN s.outcome_day END AS closed_day, s.amount
FROM deal_spans AS s
LEFT JOIN current_reps AS r ON r.rep_id = s.rep_id
WHERE s.is_last = 1 AND s.gone = 0
ORDER BY s.opportunity_id
