-- A statement of last year's overview, and the share of papers that mention its topic now.
SELECT
    $label AS term,
    $category AS category,
    $year AS year,
    $made AS made,
    $threshold AS threshold,
    papers::BIGINT AS papers,
    share,
    share > $threshold AS held,
    $over AS over
FROM term_trends
WHERE year = $year AND category = $category AND term = $term
