-- One row per listed paper and category; canonical categories only, so an alias counts once.
SELECT
    day,
    month,
    year,
    paper_id,
    unnest(list_distinct(categories)) AS category,
    category = primary_category AS is_primary,
    primary_category,
    authors,
    author_count,
    is_withdrawn,
    is_new,
    is_replacement
FROM stg_papers
