WITH sizes (authors_from, authors_to) AS (
    VALUES (1, 1), (2, 2), (3, 4), (5, 8), (9, 16), (17, 50), (51, 100), (101, 1000), (1001, NULL)
),

sized AS (
    SELECT
        month,
        primary_category AS category,
        author_count
    FROM stg_papers
    -- A record that names no author says nothing of collaborations.
    WHERE is_new AND author_count > 0
),

categories AS (
    SELECT
        month,
        category,
        count(*) AS category_papers
    FROM sized
    GROUP BY ALL
)

SELECT
    month,
    category,
    authors_from,
    authors_to,
    count(*) AS papers,
    category_papers,
    count(*) / category_papers AS share
FROM sized
JOIN sizes ON author_count >= authors_from AND (author_count <= authors_to OR authors_to IS NULL)
JOIN categories USING (month, category)
GROUP BY month, category, authors_from, authors_to, category_papers
