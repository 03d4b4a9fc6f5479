-- Papers of the year that carry the category, each once, and their announcement days. Which days the almanac holds, and
-- how many the year has, are parameters: a day on which nothing was announced has no row.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
),

told AS (
    SELECT DISTINCT ON (paper_id) *
    FROM summaries
    SEMI JOIN (
        SELECT day, paper_id
        FROM papers
        WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ) AS listed USING (day, paper_id)
    WHERE language = 'en'
    ORDER BY paper_id, day DESC
)

SELECT
    $year AS year,
    $category AS category,
    $as_of AS as_of,
    count(*) AS papers,
    count(*) FILTER (primary_category = $category) AS "primary",
    count(*) FILTER (primary_category <> $category) AS cross_lists,
    count(DISTINCT own.day) AS days,
    strftime(min(own.day), '%Y-%m-%d') AS first_day,
    strftime(max(own.day), '%Y-%m-%d') AS last_day,
    $held_days AS held_days,
    $days_of_year AS days_of_year,
    count(told.tldr) AS summaries,
    count(*) FILTER (is_withdrawn) AS withdrawn
FROM own
LEFT JOIN told USING (paper_id)
