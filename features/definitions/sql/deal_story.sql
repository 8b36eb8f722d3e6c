-- How each deal came to its state: when it entered its stage, and how often it was moved, pushed out and cut.
SELECT opportunity_id, nth, from_ix, to_ix,
  SUM(moved) OVER past AS n_stage_changes,
  SUM(pushed) OVER past AS n_pushes,
  SUM(cut) OVER past AS n_amount_cuts,
  MAX(CASE WHEN entered = 1 THEN changed_day END) OVER past AS stage_day
FROM deal_spans
WINDOW past AS (PARTITION BY opportunity_id ORDER BY nth ROWS UNBOUNDED PRECEDING)
