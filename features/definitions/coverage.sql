-- Pipeline coverage: open pipeline for each unit of quota that is still to book; deals carry revenue alone.
SELECT t.rep_id, t.metric, t.ix, t.period_ix,
  CASE WHEN t.metric = 'revenue' AND g.has_amounts = 1 AND t.quota > t.attained
    THEN CAST(d.amount AS DOUBLE PRECISION) / CAST(t.quota - t.attained AS DOUBLE PRECISION) END AS pipeline_coverage
FROM targets AS t
JOIN company_grid AS g ON g.ix = t.ix
JOIN deal_sums AS d ON d.rep_id = t.rep_id AND d.ix = t.ix
