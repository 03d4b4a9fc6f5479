-- One row per listed paper, with the periods that marts group by.
SELECT
    day,
    strftime(day, '%Y-%m') AS month,
    year(day)::INTEGER AS year,
    paper_id,
    version,
    versions,
    title,
    abstract,
    primary_category,
    categories,
    len(categories) AS category_count,
    authors,
    len(authors) AS author_count,
    submitted_at,
    is_withdrawn,
    -- A paper is counted on the day on which it is new. Its later listings (a cross-list that came
    -- afterwards, a replacement) are not further papers.
    listing = 'new' AS is_new,
    listing IN ('replace', 'replace-cross') AS is_replacement
FROM papers
