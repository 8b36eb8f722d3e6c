-- Focus mix: where the effort and the bookings go.
SELECT b.rep_id, b.metric, b.ix,
  CASE WHEN b.named_364 > 0
    THEN CAST(b.first_364 AS DOUBLE PRECISION) / CAST(b.named_364 AS DOUBLE PRECISION) END AS new_account_share,
  CASE WHEN a.n_28 > 0 THEN CAST(a.deal_28 AS DOUBLE PRECISION) / a.n_28 END AS deal_activity_share,
  CASE WHEN a.n_28 > 0 THEN CAST(a.two_way_28 AS DOUBLE PRECISION) / a.n_28 END AS two_way_share,
  CASE WHEN d.n_open > 0 THEN CAST(d.inherited AS DOUBLE PRECISION) / d.n_open END AS inherited_share
FROM booking_sums AS b
JOIN activity_sums AS a ON a.rep_id = b.rep_id AND a.ix = b.ix
JOIN deal_sums AS d ON d.rep_id = b.rep_id AND d.ix = b.ix
