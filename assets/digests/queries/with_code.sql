-- Papers of the day that say where their code or data are.
SELECT
    paper_id,
    code_links,
    (SELECT count(*) FROM digest_entries WHERE code_links > 0) AS papers_with_code
FROM digest_entries
WHERE code_links > 0
ORDER BY code_links DESC, position
LIMIT 5
