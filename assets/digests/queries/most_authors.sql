-- Papers of the day with the most authors.
SELECT
    paper_id,
    authors
FROM digest_entries
WHERE authors >= 15
ORDER BY authors DESC, position
LIMIT 5
