-- Papers of the day that use the most of its rising terms.
SELECT
    paper_id,
    count(*) AS rising_terms,
    list(term ORDER BY rank) AS terms
FROM digest_entries
JOIN rising ON contains(words, ' ' || replace(term, '-', ' ') || ' ')
GROUP BY paper_id, position
HAVING rising_terms >= 2
ORDER BY rising_terms DESC, position
LIMIT 5
