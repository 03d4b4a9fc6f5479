-- New papers of the month, each once, and their announcement days. Which days the almanac holds, and how many the month
-- has, are parameters: a day on which nothing was announced has no row.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE strftime(day, '%Y-%m') = $month AND listing IN ('new', 'cross')
    ORDER BY paper_id, day
)

SELECT
    $month AS month,
    $as_of AS as_of,
    count(*) AS papers,
    count(DISTINCT day) AS days,
    strftime(min(day), '%Y-%m-%d') AS first_day,
    strftime(max(day), '%Y-%m-%d') AS last_day,
    $held_days AS held_days,
    $days_of_month AS days_of_month,
    count(*) FILTER (len(categories) > 1) AS several,
    coalesce(several / nullif(papers, 0), 0) AS share_several
FROM own
