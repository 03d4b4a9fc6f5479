-- A statement of last year's overview, and the share of papers that mention its topic now; for topics that the mart does
-- not hold any more.
-- The class of all letters is dear to look for: a text in ASCII alone needs that of ASCII, and without a match in it there
-- is none.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
),

counted AS (
    SELECT
        count(*) FILTER (
            regexp_matches(title, $pattern)
            OR CASE
                WHEN NOT regexp_matches(abstract, replace($pattern, '\p{L}\p{N}', 'A-Za-z0-9')) THEN false
                WHEN strlen(abstract) = length(abstract) THEN true
                ELSE regexp_matches(abstract, $pattern)
            END
        ) AS papers,
        papers / count(*) AS share
    FROM own
    WHERE primary_category = $category
)

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
FROM counted
