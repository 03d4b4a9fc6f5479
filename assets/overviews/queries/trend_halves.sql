-- The share of papers that mention a topic or a method in the second half of the announcement days against the first,
-- with the 95 % interval of the ratio: normal on the logarithm, half a paper added to each count.
-- The class of all letters is dear, in each place of a pattern: a text in ASCII alone needs that of ASCII, without a match
-- in it there is none, and of other texts the words are taken first. A word of its own stands between title and abstract,
-- so that no phrase reaches across.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *, title || ' endoftitle ' || abstract AS text
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
),

counted AS (
    SELECT
        count(*) FILTER (day >= $first_day::DATE AND mentions) AS now,
        count(*) FILTER (day >= $first_day::DATE) AS of_now,
        count(*) FILTER (day < $first_day::DATE AND mentions) AS earlier,
        count(*) FILTER (day < $first_day::DATE) AS of_earlier
    FROM (
        SELECT
            day,
            CASE
                WHEN NOT regexp_matches(text, replace($pattern, '\p{L}\p{N}', 'A-Za-z0-9')) THEN false
                WHEN strlen(text) = length(text) THEN true
                ELSE regexp_matches(regexp_replace(text, '[^\p{L}\p{N}]+', ' ', 'g'), replace($pattern, '[^\p{L}\p{N}]', ' '))
            END AS mentions
        FROM own
    )
),

compared AS (
    SELECT
        *,
        (now + 0.5) / (of_now + 0.5) / ((earlier + 0.5) / (of_earlier + 0.5)) AS ratio,
        exp(1.959963984540054 * sqrt(1 / (now + 0.5) - 1 / (of_now + 0.5) + 1 / (earlier + 0.5) - 1 / (of_earlier + 0.5)))
            AS spread
    FROM counted
)

SELECT
    $label AS term,
    $first_day AS first_day,
    now AS papers,
    now / of_now AS share,
    earlier / of_earlier AS share_before,
    ratio,
    ratio / spread AS ratio_low,
    ratio * spread AS ratio_high,
    0.95 AS interval
FROM compared
