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

-- Each word and each pair of neighbours once a paper, told apart within it: so no step has to hold the terms of all
-- papers of a year at once. A word alone has no neighbour.
rows_of_words AS (
    SELECT
        * EXCLUDE (tokens),
        unnest(
            list_concat(
                list_zip(list_distinct(tokens), []::VARCHAR[]),
                list_distinct(list_zip(tokens, tokens[2:], true))
            )
        ) AS pair
    FROM tokens
),

words AS (
    SELECT
        * EXCLUDE (pair),
        pair[1] AS word,
        pair[2] AS next_word
    FROM rows_of_words
)

SELECT
    day,
    month,
    year,
    paper_id,
    primary_category,
    CASE WHEN next_word IS NULL THEN word ELSE word || ' ' || next_word END AS term,
    CASE WHEN next_word IS NULL THEN 1 ELSE 2 END AS words
FROM words
WHERE
    length(word) > 1
    AND word NOT IN (SELECT word FROM stop_words)
    AND (next_word IS NULL OR (length(next_word) > 1 AND next_word NOT IN (SELECT word FROM stop_words)))
