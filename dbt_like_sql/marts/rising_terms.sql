-- Terms of one category are judged by the thousand, so an interval of 95 % would let dozens in by chance
-- alone. A term is listed where its shares are 3.890592 standard errors apart or more (two-proportion test,
-- pooled): one of ten thousand terms that do not change at all is that far off.
WITH judged AS (
    SELECT
        *,
        CASE WHEN ratio > 1 THEN 'rising' ELSE 'fading' END AS direction,
        -- The end of the interval that is nearer to no change: a large change of few papers ranks behind
        -- a smaller one that is sure.
        CASE WHEN ratio > 1 THEN ratio_low ELSE 1 / ratio_high END AS at_least,
        (papers + papers_year_before) / (category_papers + category_papers_year_before) AS pooled,
        abs(share - share_year_before)
        / sqrt(pooled * (1 - pooled) * (1 / category_papers + 1 / category_papers_year_before)) AS standard_errors
    FROM term_trends
    -- A term in every paper of both years has an interval without width: it does not change.
    WHERE ratio_low < ratio_high
)

SELECT
    year,
    category,
    direction,
    row_number() OVER (
        PARTITION BY year, category, direction ORDER BY at_least DESC, papers DESC, term
    )::INTEGER AS rank,
    term,
    papers,
    papers_year_before,
    share,
    share_year_before,
    ratio,
    ratio_low,
    ratio_high,
    standard_errors
FROM judged
WHERE
    standard_errors >= 3.890592
    -- Where a year has a handful of papers, the test is surer than the interval: both must be.
    AND (ratio_low > 1 OR ratio_high < 1)
QUALIFY rank <= 100
