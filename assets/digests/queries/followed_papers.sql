-- Papers of the day that have what the reader follows: authors first, then those with the most terms.
SELECT
    paper_id,
    followed_authors,
    followed_terms
FROM digest_entries
WHERE followed_authors > 0 OR followed_terms > 0
ORDER BY followed_authors DESC, followed_terms DESC, position
LIMIT 5
