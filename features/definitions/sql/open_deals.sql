-- One row per open deal and cutoff: its state as known then.
SELECT s.opportunity_id, c.ix, c.as_of_day, s.rep_id, t.source, t.stage, s.amount, s.created_day, s.expected_day,
  t.stage_day, t.n_pushes, t.n_amount_cuts, t.n_stage_changes, t.n_prices, t.priced_day, t.n_redates, t.last_dating,
  t.dated_day, t.redated_to, t.redated_from, COALESCE(s.inherited, 0) AS inherited
FROM deal_spans AS s
JOIN deal_story AS t ON t.opportunity_id = s.opportunity_id AND t.nth = s.nth
JOIN cutoffs AS c ON c.ix >= s.from_ix AND c.ix < s.to_ix
WHERE s.standing = 0 AND s.from_ix < s.to_ix
