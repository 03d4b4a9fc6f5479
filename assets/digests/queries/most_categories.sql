-- Papers of the day that stand in the most categories.
SELECT
    paper_id,
    categories
FROM digest_entries
WHERE categories >= 4
ORDER BY categories DESC, position
LIMIT 5
