-- New papers of the month that belong to a topic by category or by a phrase in title or abstract. Where enough papers of
-- this month or the one before do, the ratio of the shares with its 95 % interval: normal on the logarithm, half a paper
-- added to each count.
-- The class of all letters is dear, in each place of a pattern: a text in ASCII alone needs that of ASCII, without a match
-- in it there is none, and of other texts the words are taken first. A word of its own stands between title and abstract,
-- so that no phrase reaches across.
WITH own AS (
    SELECT DISTINCT ON (month, paper_id)
        strftime(day, '%Y-%m') AS month,
        title || ' endoftitle ' || abstract AS text,
        list_has_any(categories, $categories::VARCHAR[])
        OR CASE
            WHEN NOT regexp_matches(text, replace($pattern, '\p{L}\p{N}', 'A-Za-z0-9')) THEN false
            WHEN strlen(text) = length(text) THEN true
            ELSE regexp_matches(regexp_replace(text, '[^\p{L}\p{N}]+', ' ', 'g'), replace($pattern, '[^\p{L}\p{N}]', ' '))
        END AS belongs
    FROM papers
    WHERE strftime(day, '%Y-%m') IN ($month, $month_before) AND listing IN ('new', 'cross')
    ORDER BY month, paper_id, day
),

counted AS (
    SELECT
        count(*) FILTER (month = $month AND belongs) AS papers,
        count(*) FILTER (month = $month) AS "of",
        count(*) FILTER (month = $month_before AND belongs) AS papers_before,
        count(*) FILTER (month = $month_before) AS of_before
    FROM own
),

compared AS (
    SELECT
        papers,
        "of",
        of_before > 0 AND "of" > 0 AND greatest(papers, papers_before) >= $least_papers AS enough,
        papers_before,
        of_before,
        (papers + 0.5) / ("of" + 0.5) / ((papers_before + 0.5) / (of_before + 0.5)) AS ratio,
        exp(
            1.959963984540054
            * sqrt(1 / (papers + 0.5) - 1 / ("of" + 0.5) + 1 / (papers_before + 0.5) - 1 / (of_before + 0.5))
        ) AS spread
    FROM counted
)

SELECT
    $topic AS topic,
    $month AS month,
    papers,
    "of",
    coalesce(papers / nullif("of", 0), 0) AS share,
    CASE WHEN enough THEN $month_before END AS month_before,
    CASE WHEN enough THEN papers_before END AS papers_before,
    CASE WHEN enough THEN of_before END AS of_before,
    CASE WHEN enough THEN papers_before / of_before END AS share_before,
    CASE WHEN enough THEN ratio END AS ratio,
    CASE WHEN enough THEN ratio / spread END AS low,
    CASE WHEN enough THEN ratio * spread END AS high,
    0.95 AS interval
FROM compared
