-- Every rep at every cutoff, known there or not: running sums need a row at each step.
SELECT r.rep_id, c.ix, c.as_of_day, g.segment, g.team_id
FROM (SELECT DISTINCT rep_id FROM rep_grid) AS r
CROSS JOIN cutoffs AS c
LEFT JOIN rep_grid AS g ON g.rep_id = r.rep_id AND g.ix = c.ix
