-- One row per deal ever known: its latest state, and since when it is decided.
SELECT s.opportunity_id, s.rep_id, COALESCE(r.segment, '') AS segment, s.source, s.created_day, s.outcome,
  d.outcome_day AS closed_day, s.amount
FROM deal_spans AS s
LEFT JOIN current_reps AS r ON r.rep_id = s.rep_id
LEFT JOIN deal_decided AS d ON d.opportunity_id = s.opportunity_id AND d.nth = s.nth
WHERE s.is_last = 1 AND s.gone = 0
ORDER BY s.opportunity_id
