-- Which quotas each rep has ever had: of which measure, for periods of which length, in which currency.
SELECT rep_id, metric, grain, currency FROM quota_spans
UNION
SELECT rep_id, metric, grain, currency FROM quota_past
