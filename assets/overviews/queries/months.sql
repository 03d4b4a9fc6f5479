-- New papers with the primary category by month of announcement, of the months that are held whole.
WITH whole AS (
    SELECT
        month,
        papers::BIGINT AS papers
    FROM category_monthly
    WHERE category = $category AND list_contains($whole_months, month)
)

SELECT
    $year AS year,
    $category AS category,
    $whole_year AS whole_year,
    count(*) AS months,
    first(month ORDER BY papers DESC, month) AS most_month,
    max(papers) AS most,
    first(month ORDER BY papers, month) AS least_month,
    min(papers) AS least,
    list({'month': month, 'papers': papers} ORDER BY month) AS by_month
FROM whole
