WITH counted AS (
    SELECT
        left(month, 4)::INTEGER AS year,
        category,
        sum(papers) AS papers,
        sum(cross_lists) AS cross_lists,
        sum(replacements) AS replacements,
        sum(withdrawn) AS withdrawn,
        sum(authorships) AS authorships
    FROM category_monthly
    GROUP BY ALL
),

-- Each month tells its days on the row of every category.
months AS (
    SELECT DISTINCT
        month,
        days
    FROM category_monthly
),

years AS (
    SELECT
        left(month, 4)::INTEGER AS year,
        sum(days) AS days
    FROM months
    GROUP BY ALL
)

SELECT
    this.year,
    this.category,
    this.papers,
    this.cross_lists,
    this.replacements,
    this.withdrawn,
    this.authorships,
    years.days,
    years_before.days AS days_year_before,
    CASE WHEN years_before.days > 0 THEN coalesce(year_before.papers, 0) END AS papers_year_before,
    this.papers / nullif(papers_year_before, 0) - 1 AS growth_on_year,
    coalesce(people.author_names, 0) AS author_names,
    CASE WHEN years_before.days > 0 THEN coalesce(people_before.author_names, 0) END AS author_names_year_before,
    coalesce(people.author_names, 0) / nullif(author_names_year_before, 0) - 1 AS author_growth_on_year
FROM counted AS this
JOIN years ON years.year = this.year
LEFT JOIN years AS years_before ON years_before.year = this.year - 1
LEFT JOIN counted AS year_before
    ON year_before.year = this.year - 1 AND year_before.category = this.category
-- Names cannot be added up over months, so they are counted once for the year.
LEFT JOIN author_statistics_yearly AS people ON people.year = this.year AND people.category = this.category
LEFT JOIN author_statistics_yearly AS people_before
    ON people_before.year = this.year - 1 AND people_before.category = this.category
