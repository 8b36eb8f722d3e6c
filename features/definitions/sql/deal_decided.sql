-- Deals that are won or lost, since the day they were, with the cutoffs at which that is what is known.
SELECT opportunity_id, nth, rep_id, outcome, amount, created_day, from_ix, to_ix, is_last,
  MAX(CASE WHEN turned = 1 THEN changed_day END) OVER (
    PARTITION BY opportunity_id ORDER BY nth ROWS UNBOUNDED PRECEDING
  ) AS outcome_day
FROM deal_spans
WHERE outcome <> 'open' AND gone = 0
