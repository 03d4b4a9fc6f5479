WITH days AS (
    SELECT
        day,
        count(*) AS day_papers
    FROM stg_papers
    WHERE is_new
    GROUP BY day
)

SELECT
    day,
    term,
    any_value(words) AS words,
    count(*) AS papers,
    any_value(day_papers) AS day_papers
FROM stg_terms
JOIN days USING (day)
GROUP BY day, term
-- Four terms in five are in one paper of a day. They are left out, so that many days can be read at once: of a
-- term that a day does not list, one paper of that day at most uses it.
HAVING count(*) >= 2
