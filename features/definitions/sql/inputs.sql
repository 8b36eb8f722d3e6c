-- Facts as the definitions read them: days as integers since 1970-01-01, money as exact decimals.
-- Four logs are read through `booking_rows`, `activity_rows`, `deal_rows` and `quota_rows`: all rows that are known, or
-- only those that matter after what an earlier build carried. Statements are separated by semicolons; names in braces are filled in by features/definitions/render.py.
CREATE VIEW booking_versions AS
SELECT booking_id, rep_id, metric, account_id, known_at, seq,
  LEAST(GREATEST({known_on}, -7305), 47000) AS known_day,
  LEAST(GREATEST({occurred_on}, -7305), 47000) AS occurred_day,
  CASE WHEN deleted OR status <> 'counted' THEN CAST(0 AS DECIMAL(18, 4))
    WHEN split = 1 THEN amount
    ELSE CAST(CAST(amount AS DECIMAL(28, 4)) * CAST(split AS DECIMAL(9, 6)) AS DECIMAL(18, 4)) END AS amount,
  CASE WHEN deleted OR status <> 'counted' THEN 0 ELSE 1 END AS counted
FROM booking_rows;
CREATE VIEW activity_versions AS
SELECT activity_id, rep_id, opportunity_id, type,
  LEAST(GREATEST({known_on}, -7305), 47000) AS known_day,
  LEAST(GREATEST({occurred_on}, -7305), 47000) AS occurred_day,
  {activity_next_day} AS next_day,
  CASE WHEN deleted OR LOWER(status) IN ('cancelled', 'canceled', '取消', '已取消') THEN 0 ELSE 1 END AS counted
FROM activity_rows;
CREATE VIEW deal_versions AS
SELECT opportunity_id, version, rep_id, source, stage, amount, known_at, seq,
  CASE WHEN deleted THEN 3 WHEN outcome = 'open' THEN 0 WHEN outcome = 'won' THEN 1 ELSE 2 END AS standing,
  LEAST(GREATEST({known_on}, -7305), 47000) AS known_day,
  LEAST(GREATEST({changed_on}, -7305), 47000) AS changed_day,
  LEAST(GREATEST({created_on}, -7305), 47000) AS created_day,
  CASE WHEN expected_close IS NULL THEN NULL ELSE LEAST(GREATEST({expected_close}, -7305), 47000) END AS expected_day
FROM deal_rows;
CREATE VIEW quota_versions AS
SELECT rep_id, team_id, metric, amount, currency, source, deleted, known_at, seq,
  LEAST(GREATEST({known_on}, -7305), 47000) AS known_day,
  {period_start} AS start_day,
  {period_end} AS end_day
FROM quota_rows;
CREATE VIEW rep_versions AS
SELECT rep_id, name, role, segment, region, currency, deleted, known_at, seq,
  LEAST(GREATEST({known_on}, -7305), 47000) AS known_day,
  {hire_date} AS hire_day,
  {end_date} AS end_day
FROM reps_log;
CREATE VIEW team_versions AS
SELECT rep_id, team_id, weight, deleted, known_at, seq,
  LEAST(GREATEST({known_on}, -7305), 47000) AS known_day,
  {valid_from} AS from_day,
  {valid_to} AS until_day
FROM team_assignments_log
