-- The share of papers that mention a topic this year, and the part of it that next year's will exceed.
SELECT
    $label AS term,
    $category AS category,
    $year + 1 AS year,
    share,
    $kept AS kept,
    -- Rounded down to two digits, so that the page prints it exactly.
    CASE WHEN share * $kept >= 0.01 THEN floor(share * $kept * 1000) / 1000 ELSE floor(share * $kept * 10000) / 10000 END
        AS threshold
FROM term_trends
WHERE year = $year AND category = $category AND term = $term
