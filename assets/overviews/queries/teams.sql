-- How many authors a paper has.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
)

SELECT
    coalesce(median(len(authors)), 0) AS median,
    count(*) FILTER (len(authors) = 1) AS alone,
    coalesce(count(*) FILTER (len(authors) = 1) / nullif(count(*), 0), 0) AS share_alone,
    coalesce(max(len(authors)), 0) AS largest,
    $large_team AS large_team,
    count(*) FILTER (len(authors) > $large_team) AS large_teams
FROM own
