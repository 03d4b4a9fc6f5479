-- The share of new papers that mention a topic against that of the year before, as the mart counts both, with the 95 %
-- interval of the ratio.
SELECT
    $label AS term,
    $year AS year,
    $year - 1 AS year_before,
    papers::BIGINT AS papers,
    share,
    share_year_before AS share_before,
    ratio,
    ratio_low,
    ratio_high,
    0.95 AS interval
FROM term_trends
WHERE year = $year AND category = $category AND term = $term
