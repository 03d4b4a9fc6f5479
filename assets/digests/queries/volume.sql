-- New papers of the day in the followed categories, against earlier days of the window: those of the same weekday,
-- and the twenty latest of any.
WITH days AS (
    SELECT
        day,
        coalesce(sum(papers) FILTER (WHERE $followed IS NULL OR list_contains($followed, category)), 0) AS papers
    FROM category_daily
    GROUP BY day
),

earlier AS (
    SELECT
        *,
        row_number() OVER (ORDER BY day DESC) AS place
    FROM days
    WHERE day < $day
),

usual AS (
    SELECT
        count(*) FILTER (WHERE isodow(day) = isodow($day::DATE)) AS weekday_days,
        avg(papers) FILTER (WHERE isodow(day) = isodow($day::DATE)) AS weekday_usual,
        count(*) FILTER (WHERE place <= 20) AS recent_days,
        avg(papers) FILTER (WHERE place <= 20) AS recent_usual
    FROM earlier
)

SELECT
    coalesce(today.papers, 0)::BIGINT AS papers,
    weekday_days,
    weekday_usual,
    100 * abs(coalesce(today.papers, 0) / nullif(weekday_usual, 0) - 1) AS weekday_percent,
    recent_days,
    recent_usual,
    100 * abs(coalesce(today.papers, 0) / nullif(recent_usual, 0) - 1) AS recent_percent
FROM usual
LEFT JOIN (SELECT papers FROM days WHERE day = $day) AS today ON true
