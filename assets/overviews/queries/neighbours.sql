-- The categories that the papers of the category carry most often besides it.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
),

other AS (
    SELECT
        category,
        count(*) AS papers,
        count(*) / (SELECT count(*) FROM own) AS share
    FROM (SELECT unnest(list_distinct(categories)) AS category FROM own)
    WHERE category <> $category
    GROUP BY category
    ORDER BY papers DESC, category
    LIMIT 4
)

SELECT
    $category AS beside,
    count(*) AS papers,
    count(*) FILTER (len(categories) > 1) AS several,
    count(*) FILTER (len(categories) > 1) / count(*) AS share_several,
    (SELECT list({'category': category, 'papers': papers, 'share': share} ORDER BY papers DESC, category) FROM other)
        AS categories
FROM own
