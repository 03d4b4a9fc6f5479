-- Papers that name each method. Title and abstract are read as words in small letters between single spaces; a form is
-- one spelling of a method with a space at both ends.
WITH own AS (
    SELECT DISTINCT ON (paper_id) *
    FROM papers
    WHERE year(day) = $year AND listing IN ('new', 'cross') AND list_contains(categories, $category)
    ORDER BY paper_id, day
),

texts AS MATERIALIZED (
    SELECT
        ' ' || regexp_replace(lower(title), '[^\p{L}\p{N}]+', ' ', 'g') || ' | '
        || regexp_replace(lower(abstract), '[^\p{L}\p{N}]+', ' ', 'g') || ' ' AS text
    FROM own
),

methods AS (
    SELECT unnest($methods, recursive := true)
),

counted AS (
    SELECT
        name AS method,
        (SELECT count(*) FROM texts WHERE len(list_filter(forms, lambda form: contains(text, form))) > 0) AS papers,
        (SELECT count(*) FROM own) AS "of"
    FROM methods
)

SELECT
    any_value("of") AS papers,
    list({'method': method, 'papers': papers, 'share': papers / "of"} ORDER BY papers DESC, method) AS methods
FROM counted
