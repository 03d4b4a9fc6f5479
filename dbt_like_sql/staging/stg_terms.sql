-- One row per new paper and term: words and pairs of adjacent words of its title and abstract.
WITH texts AS (
    SELECT
        day,
        month,
        year,
        paper_id,
        primary_category,
        -- Formulas, TeX commands and addresses are cut out and leave a full stop, so that the words
        -- around them do not become neighbours.
        regexp_replace(
            lower(title || ' . ' || abstract),
            '\$\$?[^$]*\$\$?|\\\(.*?\\\)|\\\[.*?\\\]|\\[a-z]+\*?|https?://\S+',
            ' . ',
            'g'
        ) AS text
    FROM stg_papers
    WHERE is_new
),

-- A token is a word (it begins with a letter: numbers are none) or a punctuation mark.
tokens AS (
    SELECT
        * EXCLUDE (text),
        regexp_extract_all(text, '\p{L}[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]') AS tokens
    FROM texts
),

pairs AS (
    SELECT
        * EXCLUDE (tokens),
        unnest(list_zip(tokens, tokens[2:])) AS pair
    FROM tokens
),

words AS (
    SELECT
        * EXCLUDE (pair),
        pair[1] AS word,
        pair[2] AS next_word
    FROM pairs
    WHERE length(pair[1]) > 1 AND pair[1] NOT IN (SELECT word FROM stop_words)
)

SELECT DISTINCT
    day,
    month,
    year,
    paper_id,
    primary_category,
    word AS term,
    1 AS words
FROM words

UNION ALL

SELECT DISTINCT
    day,
    month,
    year,
    paper_id,
    primary_category,
    word || ' ' || next_word AS term,
    2 AS words
FROM words
WHERE length(next_word) > 1 AND next_word NOT IN (SELECT word FROM stop_words)
