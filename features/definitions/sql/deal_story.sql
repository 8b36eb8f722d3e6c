-- How each deal came to its state: when it entered its stage, how often it was moved, pushed out and cut, and
-- whether its date was thought over while it still lay ahead (redated) or only moved on when it had passed.
-- A date is packed behind the number of its version, so that MAX finds the last one: days are within 8192 before and 57343 after 1970-01-01.
WITH steps AS (
  SELECT opportunity_id, source, stage, amount, standing, changed_day, created_day, expected_day, known_day,
    ROW_NUMBER() OVER deal AS nth,
    LEAD(known_day) OVER deal AS next_day,
    LAG(stage) OVER deal AS last_stage,
    LAG(amount) OVER deal AS last_amount,
    LAG(expected_day) OVER deal AS last_expected_day
  FROM deal_versions
  WINDOW deal AS (PARTITION BY opportunity_id ORDER BY known_at, version, seq)
),
marked AS (
  SELECT opportunity_id, nth, source, stage, standing, changed_day, created_day, known_day, next_day,
    CASE WHEN stage IS NOT NULL AND (last_stage IS NULL OR last_stage <> stage) THEN 1 ELSE 0 END AS entered,
    CASE WHEN last_stage <> stage AND standing = 0 THEN 1 ELSE 0 END AS moved,
    CASE WHEN expected_day > last_expected_day AND standing = 0 THEN 1 ELSE 0 END AS pushed,
    CASE WHEN amount < last_amount AND standing = 0 THEN 1 ELSE 0 END AS cut,
    CASE WHEN amount IS NOT NULL AND (last_amount IS NULL OR amount <> last_amount) THEN 1 ELSE 0 END AS priced,
    CASE WHEN expected_day IS NOT NULL AND (last_expected_day IS NULL OR expected_day <> last_expected_day) THEN 1
      ELSE 0 END AS dated,
    CASE WHEN expected_day <> last_expected_day AND changed_day <= last_expected_day AND standing = 0 THEN 1
      ELSE 0 END AS redated,
    expected_day, last_expected_day
  FROM steps
)
SELECT opportunity_id, nth, source, stage, standing, changed_day, created_day, known_day, entered,
  CASE WHEN next_day IS NULL THEN 1 ELSE 0 END AS is_last,
  SUM(moved) OVER past AS n_stage_changes,
  SUM(pushed) OVER past AS n_pushes,
  SUM(cut) OVER past AS n_amount_cuts,
  SUM(priced) OVER past AS n_prices,
  MAX(CASE WHEN priced = 1 THEN changed_day END) OVER past AS priced_day,
  SUM(redated) OVER past AS n_redates,
  MAX(CASE WHEN dated = 1 THEN 2 * nth + redated END) OVER past AS last_dating,
  MAX(CASE WHEN dated = 1 THEN changed_day END) OVER past AS dated_day,
  MAX(CASE WHEN redated = 1 THEN 65536 * nth + 8192 + expected_day END) OVER past % 65536 - 8192 AS redated_to,
  MAX(CASE WHEN redated = 1 THEN 65536 * nth + 8192 + last_expected_day END) OVER past % 65536 - 8192 AS redated_from,
  MAX(CASE WHEN entered = 1 THEN changed_day END) OVER past AS stage_day
FROM marked
WINDOW past AS (PARTITION BY opportunity_id ORDER BY nth ROWS UNBOUNDED PRECEDING)
