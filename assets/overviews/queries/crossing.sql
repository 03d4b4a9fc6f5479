-- Papers whose categories belong to several archives (cs, stat, math, …).
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
)

SELECT
    count(*) FILTER (len(list_distinct([split_part(code, '.', 1) FOR code IN categories])) >= $fewest) AS papers,
    count(*) AS "of",
    coalesce(papers / nullif("of", 0), 0) AS share,
    $fewest AS fewest
FROM own
