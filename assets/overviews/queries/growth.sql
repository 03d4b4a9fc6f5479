-- New papers with the primary category over those of the year before, with the 95 % interval of the ratio of two counts:
-- normal on the logarithm, half a paper added to each count.
WITH counted AS (
    SELECT
        papers,
        papers_year_before AS papers_before,
        days,
        days_year_before AS days_before,
        (papers + 0.5) / (papers_year_before + 0.5) AS ratio,
        exp(1.959964 * sqrt(1 / (papers + 0.5) + 1 / (papers_year_before + 0.5))) AS spread
    FROM category_yearly
    WHERE category = $category AND year = $year
)

SELECT
    $year AS year,
    $category AS category,
    $year - 1 AS year_before,
    papers,
    papers_before,
    days,
    days_before,
    ratio,
    ratio / spread AS low,
    ratio * spread AS high,
    0.95 AS interval
FROM counted
