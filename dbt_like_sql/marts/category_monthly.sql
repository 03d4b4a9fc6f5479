WITH counted AS (
    SELECT
        strftime(day, '%Y-%m') AS month,
        category,
        sum(papers) AS papers,
        sum(cross_lists) AS cross_lists,
        sum(replacements) AS replacements,
        sum(withdrawn) AS withdrawn,
        sum(authorships) AS authorships
    FROM category_daily
    GROUP BY ALL
),

-- The months that the almanac holds at all: a category that is absent from one of them had no paper
-- in it, while nothing is known of a month that is not here.
months AS (
    SELECT
        strftime(day, '%Y-%m') AS month,
        count(DISTINCT day) AS days
    FROM category_daily
    GROUP BY ALL
),

compared AS (
    SELECT
        this.*,
        months.days,
        strftime(strptime(this.month, '%Y-%m') - INTERVAL 1 MONTH, '%Y-%m') AS month_before,
        strftime(strptime(this.month, '%Y-%m') - INTERVAL 1 YEAR, '%Y-%m') AS year_before
    FROM counted AS this
    JOIN months USING (month)
)

SELECT
    this.month,
    this.category,
    this.papers,
    this.cross_lists,
    this.replacements,
    this.withdrawn,
    this.authorships,
    this.days,
    months_before.days AS days_month_before,
    years_before.days AS days_year_before,
    CASE WHEN months_before.days > 0 THEN coalesce(month_before.papers, 0) END AS papers_month_before,
    CASE WHEN years_before.days > 0 THEN coalesce(year_before.papers, 0) END AS papers_year_before,
    this.papers / nullif(papers_month_before, 0) - 1 AS growth_on_month,
    this.papers / nullif(papers_year_before, 0) - 1 AS growth_on_year,
    coalesce(people.author_names, 0) AS author_names,
    CASE WHEN years_before.days > 0 THEN coalesce(people_before.author_names, 0) END AS author_names_year_before,
    coalesce(people.author_names, 0) / nullif(author_names_year_before, 0) - 1 AS author_growth_on_year
FROM compared AS this
LEFT JOIN months AS months_before ON months_before.month = this.month_before
LEFT JOIN months AS years_before ON years_before.month = this.year_before
LEFT JOIN counted AS month_before
    ON month_before.month = this.month_before AND month_before.category = this.category
LEFT JOIN counted AS year_before
    ON year_before.month = this.year_before AND year_before.category = this.category
-- Names cannot be added up over days, so they are counted once for the month.
LEFT JOIN author_statistics AS people ON people.month = this.month AND people.category = this.category
LEFT JOIN author_statistics AS people_before
    ON people_before.month = this.year_before AND people_before.category = this.category
