-- Deals that are won (1) or lost (2), since the day they were, with the cutoffs at which that is what is known.
-- An edit after the end keeps the day of the end.
SELECT opportunity_id, nth, rep_id, standing, amount, created_day, from_ix, to_ix, changed_day AS outcome_day
FROM deal_spans
WHERE standing IN (1, 2) AND turned = 1
UNION ALL
SELECT e.opportunity_id, e.nth, e.rep_id, e.standing, e.amount, e.created_day, e.from_ix, e.to_ix,
  MAX(t.changed_day) AS outcome_day
FROM deal_spans AS e
JOIN deal_spans AS t
  ON t.opportunity_id = e.opportunity_id AND t.standing = e.standing AND t.turned = 1 AND t.nth < e.nth
WHERE e.standing IN (1, 2) AND e.turned = 0
GROUP BY e.opportunity_id, e.nth, e.rep_id, e.standing, e.amount, e.created_day, e.from_ix, e.to_ix
