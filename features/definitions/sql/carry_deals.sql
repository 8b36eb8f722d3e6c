-- The states of deals that still move something after the last cutoff: open ones, changes and births of the last 91
-- days, ends of the last 364, and edits of closed deals.
SELECT s.opportunity_id, s.nth, s.rep_id, s.amount, s.standing, s.created_day, s.expected_day, s.known_day, s.changed_day,
  s.next_day, s.moved, s.pushed, s.turned, s.inherited
FROM deal_spans AS s
CROSS JOIN (SELECT MAX(as_of_day) AS as_of_day FROM cutoffs) AS c
WHERE (s.standing = 0 AND s.next_day IS NULL)
  OR (s.moved + s.pushed > 0 AND s.known_day + 91 > c.as_of_day)
  OR (s.nth = 1 AND s.created_day + 91 > c.as_of_day)
  OR (s.standing IN (1, 2) AND (s.turned = 0 OR s.changed_day + 364 > c.as_of_day))
