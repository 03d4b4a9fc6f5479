-- Terms that more of the day's papers use than earlier days let expect. A term that a day does not list counts there
-- with one paper, the most that it can have, so that a rise is never overstated.
WITH today AS (
    SELECT *
    FROM term_daily
    WHERE day = $day AND papers >= 3
),

earlier_days AS (
    SELECT
        count(*) AS days,
        sum(day_papers) AS papers_before
    FROM (SELECT DISTINCT day, day_papers FROM term_daily WHERE day < $day)
),

earlier AS (
    SELECT
        term,
        count(*) AS days_listed,
        sum(papers) AS papers
    FROM term_daily
    WHERE day < $day AND term IN (SELECT term FROM today)
    GROUP BY term
),

judged AS (
    SELECT
        today.term,
        today.papers,
        today.day_papers,
        days,
        papers_before,
        least(coalesce(earlier.papers, 0) + days - coalesce(days_listed, 0), papers_before) AS before_at_most,
        before_at_most / papers_before * today.day_papers AS usual_at_most,
        (before_at_most + today.papers) / (papers_before + today.day_papers) AS pooled,
        (today.papers / today.day_papers - before_at_most / papers_before)
        / sqrt(pooled * (1 - pooled) * (1 / today.day_papers + 1 / papers_before)) AS standard_errors
    FROM today
    CROSS JOIN earlier_days
    LEFT JOIN earlier USING (term)
    WHERE days >= 5 AND before_at_most < papers_before
)

SELECT * EXCLUDE (pooled)
FROM judged
-- Thousands of terms are judged a day: one of ten thousand unchanged ones is that far off.
WHERE standard_errors >= 3.890592 AND papers >= 2 * usual_at_most
ORDER BY standard_errors DESC, papers DESC, term
LIMIT 12
