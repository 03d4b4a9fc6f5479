-- The share of papers that mention a topic this year, and the part of it that next year's will exceed; for topics that
-- the mart leaves out.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
),

counted AS (
    SELECT
        count(*) FILTER (regexp_matches(title, $pattern) OR regexp_matches(abstract, $pattern)) / count(*) AS share
    FROM own
    WHERE primary_category = $category
)

SELECT
    $label AS term,
    $category AS category,
    $year + 1 AS year,
    share,
    $kept AS kept,
    -- Rounded down to two digits, so that the page prints it exactly.
    CASE WHEN share * $kept >= 0.01 THEN floor(share * $kept * 1000) / 1000 ELSE floor(share * $kept * 10000) / 10000 END
        AS threshold
FROM counted
