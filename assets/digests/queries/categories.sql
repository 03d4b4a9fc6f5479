-- Followed categories whose new papers are three standard deviations of a count away from the twenty latest days.
WITH earlier_days AS (
    SELECT DISTINCT day
    FROM category_daily
    WHERE day < $day
    ORDER BY day DESC
    LIMIT 20
),

usual AS (
    SELECT
        category,
        sum(papers) / (SELECT count(*) FROM earlier_days) AS usual,
        (SELECT count(*) FROM earlier_days) AS days
    FROM category_daily
    WHERE day IN (FROM earlier_days)
    GROUP BY category
)

SELECT
    category,
    coalesce(today.papers, 0) AS papers,
    usual,
    days,
    (coalesce(today.papers, 0) - usual) / sqrt(usual) AS deviations
FROM usual
LEFT JOIN (SELECT category, papers FROM category_daily WHERE day = $day) AS today USING (category)
WHERE
    ($followed IS NULL OR list_contains($followed, category))
    AND days >= 5
    AND usual >= 4
    AND abs(deviations) >= 3
ORDER BY abs(deviations) DESC, category
LIMIT 3
