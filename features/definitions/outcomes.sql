-- Win rate, cycle and deal size of the deals decided in the trailing year, small numbers drawn towards the segment.
-- The company are the reps known at the cutoff (their segment is not NULL), not those of later ones.
WITH segments AS (
  SELECT segment, ix, SUM(won) AS won, SUM(lost) AS lost, SUM(won_priced) AS priced, SUM(won_amount) AS amount,
    SUM(won_cycle) AS cycle
  FROM deal_sums
  GROUP BY segment, ix
),
company AS (
  SELECT ix, SUM(won) AS won, SUM(lost) AS lost FROM deal_sums WHERE segment IS NOT NULL GROUP BY ix
),
rates AS (
  SELECT s.segment, s.ix, s.priced, s.amount, s.cycle, s.won,
    CASE WHEN s.won + s.lost > 0 THEN CAST(s.won AS DOUBLE PRECISION) / CAST(s.won + s.lost AS DOUBLE PRECISION)
      WHEN c.won + c.lost > 0 THEN CAST(c.won AS DOUBLE PRECISION) / CAST(c.won + c.lost AS DOUBLE PRECISION)
      END AS win_rate
  FROM segments AS s
  JOIN company AS c ON c.ix = s.ix
)
SELECT d.rep_id, d.ix,
  (d.won + 8 * r.win_rate) / (d.won + d.lost + 8) AS win_rate,
  CASE WHEN d.won > 0 THEN CAST(d.won_cycle AS DOUBLE PRECISION) / d.won END AS cycle_days,
  CASE WHEN d.won > 0 AND r.cycle > 0
    THEN CAST(d.won_cycle AS DOUBLE PRECISION) / d.won
      / (CAST(r.cycle AS DOUBLE PRECISION) / CAST(r.won AS DOUBLE PRECISION)) END AS cycle_vs_segment,
  CASE WHEN d.won_priced > 0
    THEN CAST(d.won_amount AS DOUBLE PRECISION) / d.won_priced END AS won_deal_size,
  CASE WHEN d.won_amount > 0 AND d.priced > 0
    THEN CAST(d.amount AS DOUBLE PRECISION) / d.priced
      / (CAST(d.won_amount AS DOUBLE PRECISION) / d.won_priced) END AS open_size_vs_won,
  CASE WHEN r.won > 0 THEN CAST(r.cycle AS DOUBLE PRECISION) / CAST(r.won AS DOUBLE PRECISION) END AS segment_cycle,
  CASE WHEN r.priced > 0
    THEN CAST(r.amount AS DOUBLE PRECISION) / CAST(r.priced AS DOUBLE PRECISION) END AS segment_size
FROM deal_sums AS d
JOIN rates AS r ON r.segment = d.segment AND r.ix = d.ix
