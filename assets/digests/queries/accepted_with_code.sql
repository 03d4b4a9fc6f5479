-- Papers of the day whose comment says that they were accepted, and that say where their code or data are.
SELECT
    paper_id,
    regexp_extract(
        comment,
        '(?i)\b(?:accepted|published|to appear|to be published)\b[^.;]{0,10}\b(?:at|in|to|by|for|as)\b[^.;]{3,300}'
    ) AS accepted,
    code_links
FROM digest_entries
WHERE accepted <> '' AND code_links > 0
ORDER BY code_links DESC, position
LIMIT 5
