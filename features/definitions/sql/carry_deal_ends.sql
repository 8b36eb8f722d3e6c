-- Deals that stand as won or lost after the last cutoff, per rep and day of the end, of the last 364 days.
-- What an earlier build has counted of a deal that there is news about is taken back; deal_known is empty in a rebuild.
WITH marks AS (
  SELECT d.rep_id, d.outcome_day, d.standing, d.amount, d.created_day, 1 AS sign
  FROM deal_decided AS d
  JOIN (SELECT MAX(ix) AS ix FROM cutoffs) AS c ON d.to_ix > c.ix
  UNION ALL
  SELECT d.rep_id, d.outcome_day, d.standing, d.amount, d.created_day, -1
  FROM deal_decided AS d
  JOIN deal_known AS k ON k.opportunity_id = d.opportunity_id AND k.n = d.nth
)
SELECT m.rep_id, m.outcome_day AS day,
  CAST(SUM(CASE WHEN m.standing = 1 THEN m.sign ELSE 0 END) AS BIGINT) AS won,
  CAST(SUM(CASE WHEN m.standing = 2 THEN m.sign ELSE 0 END) AS BIGINT) AS lost,
  CAST(SUM(CASE WHEN m.standing = 1 AND m.amount IS NOT NULL THEN m.sign ELSE 0 END) AS BIGINT) AS won_priced,
  COALESCE(SUM(CASE WHEN m.standing = 1 THEN m.sign * m.amount END), 0) AS won_amount,
  CAST(SUM(CASE WHEN m.standing = 1 THEN m.sign * (m.outcome_day - m.created_day) ELSE 0 END) AS BIGINT) AS won_cycle
FROM marks AS m
JOIN (SELECT MAX(as_of_day) AS as_of_day FROM cutoffs) AS c ON m.outcome_day + 364 > c.as_of_day
GROUP BY m.rep_id, m.outcome_day
