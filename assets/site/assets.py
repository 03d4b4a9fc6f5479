"""The asset `site` and its check."""

import dagster as dg

from assets.aggregates.models import Models
from assets.checking import NAMED_AT_MOST
from assets.digests.schema import DIGESTS
from assets.materialization import Progress, markdown_line
from assets.owners import OWNERS
from assets.site.build import build_site
from assets.site.context import Marts
from assets.site.options import Options
from assets.site.verify import check_site
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake


def marts_of(models: Models) -> Marts:
    """The tables of the marts that the site reads."""
    names = ("category_daily", "rising_terms", "summary_completeness")
    return Marts(*(models[name].table for name in names))


@dg.asset(
    deps=[
        "daily_digest",
        "yearly_overview",
        "topic_pages",
        "trend_article",
        "listing_ledger",
        "category_daily",
        "rising_terms",
        "summary_completeness",
    ],
    group_name="site",
    kinds={"html"},
    owners=OWNERS,
)
def site(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    home: dg.ResourceParam[Home],
    models: dg.ResourceParam[Models],
    site_options: dg.ResourceParam[Options],
    progress: dg.ResourceParam[Progress],
) -> dg.MaterializeResult[None]:
    """The static site: a page for every day, month, year, category, paper and frequent author; feeds, plots, search.

    Only pages whose inputs changed are made again: a new day costs its own pages, not the history.
    """

    def tell(done: int, total: int, day: str) -> None:
        progress.working("site", day, done, total, "")

    built = build_site(home.site, lake, marts_of(models), site_options, tell)
    progress.working("site", "", built.days, built.days, "")
    if built.note:
        context.log.warning(built.note)
        progress.noticed(built.note)
    progress.made("site", "")
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(home.site / "index.html")),
            "days": built.days,
            "files": built.files,
            "written": built.written,
            "removed": built.removed,
            "searchable": built.searchable,
        }
    )


@dg.asset_check(asset=site)
def every_link_resolves(lake: dg.ResourceParam[Lake], home: dg.ResourceParam[Home]) -> dg.AssetCheckResult:
    """Every link of the newest pages leads to a page that is there, and every day with a digest has its page."""
    problems = check_site(home.site, lake.keys(DIGESTS))
    return dg.AssetCheckResult(
        passed=not problems,
        description=markdown_line(" ".join(problems[:NAMED_AT_MOST])) or None,
        metadata={"problems": len(problems)},
    )
