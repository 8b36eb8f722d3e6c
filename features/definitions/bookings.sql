-- Bookings history: what the rep has booked lately, how often, and whether it is growing.
SELECT b.rep_id, b.metric, b.ix,
  b.a_28 AS bookings_28d,
  b.a_91 AS bookings_91d,
  b.a_364 AS bookings_364d,
  CASE WHEN b.a_364 > 0
    THEN 4 * CAST(b.a_91 AS DOUBLE PRECISION) / CAST(b.a_364 AS DOUBLE PRECISION) END AS booking_momentum,
  CAST(b.n_91 AS DOUBLE PRECISION) AS booking_count_91d,
  CAST(b.as_of_day - b.last_gain_day AS DOUBLE PRECISION) AS days_since_booking
FROM booking_sums AS b
