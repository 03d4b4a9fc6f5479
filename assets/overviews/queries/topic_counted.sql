-- New papers with the primary category whose title or abstract mentions a topic; for topics that the mart leaves out.
-- The class of all letters is dear, in each place of a pattern: a text in ASCII alone needs that of ASCII, without a match
-- in it there is none, and of other texts the words are taken first. A word of its own stands between title and abstract,
-- so that no phrase reaches across.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *, title || ' endoftitle ' || abstract AS text
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
)

SELECT
    $label AS term,
    $category AS category,
    count(*) FILTER (
        CASE
            WHEN NOT regexp_matches(text, replace($pattern, '\p{L}\p{N}', 'A-Za-z0-9')) THEN false
            WHEN strlen(text) = length(text) THEN true
            ELSE regexp_matches(regexp_replace(text, '[^\p{L}\p{N}]+', ' ', 'g'), replace($pattern, '[^\p{L}\p{N}]', ' '))
        END
    ) AS papers,
    papers / count(*) AS share
FROM own
WHERE primary_category = $category
