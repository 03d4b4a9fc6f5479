-- New papers with the primary category whose title or abstract mentions a topic; for topics that the mart leaves out.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
)

SELECT
    $label AS term,
    $category AS category,
    count(*) FILTER (regexp_matches(title, $pattern) OR regexp_matches(abstract, $pattern)) AS papers,
    papers / count(*) AS share
FROM own
WHERE primary_category = $category
