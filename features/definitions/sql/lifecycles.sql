-- One row per deal ever known: its latest state, and since when it is decided.
SELECT s.opportunity_id, s.rep_id, COALESCE(r.segment, '') AS segment, t.source, s.created_day,
  CASE s.standing WHEN 0 THEN 'open' WHEN 1 THEN 'won' ELSE 'lost' END AS outcome,
  d.outcome_day AS closed_day, s.amount
FROM deal_spans AS s
JOIN deal_story AS t ON t.opportunity_id = s.opportunity_id AND t.nth = s.nth AND t.is_last = 1
LEFT JOIN current_reps AS r ON r.rep_id = s.rep_id
LEFT JOIN deal_decided AS d ON d.opportunity_id = s.opportunity_id AND d.nth = s.nth
WHERE s.standing < 3
ORDER BY s.opportunity_id
