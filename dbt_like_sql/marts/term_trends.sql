-- Each paper counts in its own year and, as the year before, in the next one. The year is a group
-- of its own, so counting one year never touches the rows that belong to another.
WITH roles AS (
    SELECT unnest([0, 1])::INTEGER AS years_later
),

categories AS (
    SELECT
        year + years_later AS year,
        primary_category AS category,
        count(*) FILTER (years_later = 0) AS category_papers,
        count(*) FILTER (years_later = 1) AS category_papers_year_before
    FROM stg_papers
    CROSS JOIN roles
    WHERE is_new
    GROUP BY ALL
    HAVING category_papers > 0
),

terms AS (
    SELECT
        year + years_later AS year,
        primary_category AS category,
        term,
        count(*) FILTER (years_later = 0) AS papers,
        count(*) FILTER (years_later = 1) AS papers_year_before
    FROM stg_terms
    CROSS JOIN roles
    GROUP BY ALL
    -- In one of the two years: terms that come from nowhere and terms that vanish are both trends.
    HAVING greatest(papers, papers_year_before) >= 10
),

-- The logarithm of a ratio of two proportions is nearly normal. Half a paper is added to each count,
-- which keeps the ratio finite where a count is 0 (Walter, Biometrika 62, 1975).
compared AS (
    SELECT
        *,
        ln((papers + 0.5) / (category_papers + 0.5))
        - ln((papers_year_before + 0.5) / (category_papers_year_before + 0.5)) AS log_ratio,
        sqrt(
            1 / (papers + 0.5) - 1 / (category_papers + 0.5)
            + 1 / (papers_year_before + 0.5) - 1 / (category_papers_year_before + 0.5)
        ) AS log_error
    FROM terms
    JOIN categories USING (year, category)
)

SELECT
    year,
    category,
    term,
    papers,
    category_papers,
    papers / category_papers AS share,
    CASE WHEN category_papers_year_before > 0 THEN papers_year_before END AS papers_year_before,
    nullif(category_papers_year_before, 0) AS category_papers_year_before,
    papers_year_before / nullif(category_papers_year_before, 0) AS share_year_before,
    CASE WHEN category_papers_year_before > 0 THEN exp(log_ratio) END AS ratio,
    CASE WHEN category_papers_year_before > 0 THEN exp(log_ratio - 1.959964 * log_error) END AS ratio_low,
    CASE WHEN category_papers_year_before > 0 THEN exp(log_ratio + 1.959964 * log_error) END AS ratio_high
FROM compared
