-- The bookings that count, each as last known: later cutoffs add them up again, or take them back.
SELECT booking_id, rep_id, metric, occurred_day, known_day, next_day, amount, named_amount, first_amount
FROM booking_spans
WHERE next_day IS NULL
