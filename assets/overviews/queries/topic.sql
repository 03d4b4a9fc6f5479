-- New papers with the primary category that mention a topic, as the mart counts them.
SELECT
    $label AS term,
    $category AS category,
    papers::BIGINT AS papers,
    share
FROM term_trends
WHERE year = $year AND category = $category AND term = $term
