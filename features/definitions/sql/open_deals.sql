-- One row per open deal and cutoff: its state as known then.
SELECT s.opportunity_id, c.ix, c.as_of_day, s.rep_id, s.source, s.stage, s.amount, s.created_day, s.expected_day,
  s.stage_day, s.n_pushes, s.n_amount_cuts, s.n_stage_changes, s.inherited
FROM deal_spans AS s
JOIN cutoffs AS c ON c.ix >= s.from_ix AND c.ix < s.to_ix
WHERE s.outcome = 'open' AND s.gone = 0
