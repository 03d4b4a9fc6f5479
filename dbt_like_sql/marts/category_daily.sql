SELECT
    day,
    category,
    count(*) FILTER (is_new AND is_primary) AS papers,
    count(*) FILTER (NOT is_primary AND NOT is_replacement) AS cross_lists,
    count(*) FILTER (is_replacement AND is_primary) AS replacements,
    count(*) FILTER (is_withdrawn AND is_primary AND (is_new OR is_replacement)) AS withdrawn,
    coalesce(sum(author_count) FILTER (is_new AND is_primary), 0) AS authorships,
    coalesce(len(list_distinct(flatten(list(authors) FILTER (is_new AND is_primary)))), 0) AS author_names
FROM stg_paper_categories
GROUP BY day, category
-- A paper that is cross-listed after its own day brings its other categories along: nothing happened in them.
HAVING papers + cross_lists + replacements + withdrawn > 0
