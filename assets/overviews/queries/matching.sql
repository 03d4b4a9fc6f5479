-- Papers of which a text (their authors' comment, or a field of their summary) matches one regular expression and not
-- another, among those that have the text.
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
),

texts AS (
    SELECT
        CASE $column
            WHEN 'comment' THEN own.comment
            WHEN 'result' THEN told.result
            WHEN 'practical' THEN told.practical
        END AS text
    FROM own
    LEFT JOIN told USING (paper_id)
),

counted AS (
    SELECT
        count(*) FILTER (
            regexp_matches(text, $pattern)
            AND ($unless::VARCHAR IS NULL OR NOT regexp_matches(text, $unless::VARCHAR))
        ) AS papers,
        count(text) AS "of",
        count(*) AS of_all
    FROM texts
)

SELECT
    $column AS "column",
    papers,
    "of",
    coalesce(papers / nullif("of", 0), 0) AS share,
    of_all
FROM counted
