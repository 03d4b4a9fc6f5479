-- Of the terms of the mart that name a topic: those whose shares of two years can be compared, and those for which the
-- 95 % interval of the ratio leaves out 1. By luck alone, one interval in forty would lie above 1.
SELECT
    'year before' AS basis,
    $year AS year,
    $year - 1 AS year_before,
    count(ratio) AS compared,
    count(*) FILTER (ratio_low > 1) AS rose,
    count(*) FILTER (ratio_high < 1) AS fell,
    0.95 AS interval,
    round(count(ratio) * 0.025, 1) AS by_luck,
    1 AS no_change,
    $shown AS shown
FROM term_trends
WHERE year = $year AND category = $category AND list_contains($terms, term)
