WITH papers_by_size AS (
    SELECT
        year,
        primary_category AS category,
        count(*) AS papers,
        sum(author_count) AS authorships,
        avg(author_count) AS mean_authors,
        median(author_count) AS median_authors,
        max(author_count) AS max_authors,
        count(*) FILTER (author_count = 1) AS single_author_papers
    FROM stg_papers
    -- A record that names no author says nothing of collaborations.
    WHERE is_new AND author_count > 0
    GROUP BY ALL
),

names AS (
    SELECT
        year,
        primary_category AS category,
        unnest(authors) AS author
    FROM stg_papers
    WHERE is_new
),

people AS (
    SELECT
        year,
        category,
        count(DISTINCT author) AS author_names
    FROM names
    GROUP BY ALL
)

SELECT
    year,
    category,
    papers,
    author_names,
    authorships,
    mean_authors,
    median_authors,
    max_authors,
    single_author_papers,
    single_author_papers / papers AS single_author_share
FROM papers_by_size
JOIN people USING (year, category)
