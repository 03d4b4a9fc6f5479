WITH categories AS (
    SELECT
        month,
        primary_category AS category,
        count(*) AS category_papers
    FROM stg_papers
    WHERE is_new
    GROUP BY ALL
),

terms AS (
    SELECT
        month,
        primary_category AS category,
        term,
        count(*) AS papers
    FROM stg_terms
    GROUP BY ALL
    -- Nine pairs of words in ten are in one paper or two and say nothing of a month.
    HAVING count(*) >= 3
)

SELECT
    month,
    category,
    term,
    papers,
    category_papers,
    papers / category_papers AS share
FROM terms
JOIN categories USING (month, category)
