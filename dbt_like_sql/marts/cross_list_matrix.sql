WITH primaries AS (
    SELECT
        month,
        primary_category,
        count(DISTINCT paper_id) AS primary_papers
    FROM stg_papers
    WHERE NOT is_replacement
    GROUP BY ALL
),

cross_lists AS (
    SELECT
        month,
        primary_category,
        category AS other_category,
        -- A paper that was cross-listed on a later day of the month is listed twice.
        count(DISTINCT paper_id) AS papers
    FROM stg_paper_categories
    WHERE NOT is_primary AND NOT is_replacement
    GROUP BY ALL
)

SELECT
    month,
    primary_category,
    other_category,
    papers,
    primary_papers,
    papers / primary_papers AS share
FROM cross_lists
JOIN primaries USING (month, primary_category)
