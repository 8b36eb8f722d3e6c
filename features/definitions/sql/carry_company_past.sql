-- Which kinds of facts the company had by the last cutoff, and the day of the newest one.
SELECT last_day, has_deals, has_amounts, has_dates, has_activities
FROM company_grid
WHERE ix = (SELECT MAX(ix) FROM cutoffs)
