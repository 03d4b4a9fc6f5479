WITH listed AS (
    SELECT
        month,
        primary_category AS category,
        paper_id,
        is_new,
        is_replacement,
        is_withdrawn,
        version,
        list_filter(versions, lambda known: known.version = 1)[1].created AS first_at,
        list_filter(versions, lambda known: known.version = 2)[1].created AS second_at
    FROM stg_papers
    -- A cross-list that comes later is neither a new paper nor a new version.
    WHERE is_new OR is_replacement
)

SELECT
    month,
    category,
    count(*) FILTER (is_new) AS papers,
    count(version) FILTER (is_new) AS papers_of_known_version,
    count(*) FILTER (is_new AND version > 1) AS revised,
    revised / nullif(papers_of_known_version, 0) AS revised_share,
    avg(version) FILTER (is_new) AS mean_versions,
    max(version) FILTER (is_new) AS max_versions,
    median((epoch(second_at) - epoch(first_at)) / 86400) FILTER (is_new) AS median_days_to_revision,
    count(*) FILTER (is_replacement) AS replacements,
    count(DISTINCT paper_id) FILTER (is_replacement) AS replaced_papers,
    count(*) FILTER (is_new AND is_withdrawn) AS withdrawn,
    withdrawn / nullif(papers, 0) AS withdrawn_share,
    count(DISTINCT paper_id) FILTER (is_replacement AND is_withdrawn) AS withdrawn_by_replacement
FROM listed
GROUP BY month, category
