SELECT
    day,
    language,
    model,
    count(*) AS summaries,
    count(*) FILTER (status = 'complete') AS complete,
    count(*) FILTER (status = 'repaired') AS repaired,
    count(*) FILTER (status = 'extractive') AS extractive,
    count(*) FILTER (status = 'pending') AS pending,
    count(*) FILTER (has_required) AS required_filled,
    count(*) FILTER (NOT is_complete) AS not_complete,
    1 - not_complete / summaries AS completeness,
    sum(input_tokens) AS input_tokens,
    sum(output_tokens) AS output_tokens,
    -- Sums of floating-point numbers depend on their order: decimals make them the same on every run.
    sum(cost_usd::DECIMAL(18, 9))::DOUBLE AS cost_usd,
    sum(cost_usd::DECIMAL(18, 9))::DOUBLE / nullif(count(cost_usd), 0) AS mean_cost_usd,
    sum(seconds::DECIMAL(18, 3))::DOUBLE / nullif(count(seconds), 0) AS mean_seconds,
    median(seconds) AS median_seconds,
    quantile_cont(seconds, 0.95) AS p95_seconds,
    max(seconds) AS max_seconds,
    sum(attempts) AS attempts
FROM stg_summaries
GROUP BY day, language, model
