"""A small invented corpus with everything that a site can meet: odd ids, formulas, attacks, gaps, new versions."""

from __future__ import annotations

import datetime as dt
import functools
import json
from pathlib import Path
from typing import Any

from assets.aggregates.models import Models
from assets.aggregates.run import run_model
from assets.digests.digest import build_digest
from assets.digests.json_form import digest_json
from assets.digests.schema import DIGESTS
from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.site.assets import marts_of
from assets.site.build import Built, build_site
from assets.site.options import Options
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration import tables

DAYS = ("2026-01-28", "2026-01-29", "2026-01-30", "2026-02-02", "2026-02-04")
"""The weekend of 31 January has no announcement; 3 February was announced, and is missing here."""

ATTACK = (
    '<script>attacked = 1</script><img src=x onerror="attacked = 1">"\'><svg/onload=attacked=1>'
    " javascript:attacked=1 $\\text{<img src=x onerror=attacked=1>}$ $\\href{javascript:attacked=1}{x}$"
    " ]]> --> </title></textarea></details> {{ 7 * 7 }} {% raw %} &lt;b&gt; &amp;"
)
"""What someone may write into a title, a name, an abstract or a comment, and a model into its answer."""

FOLLOWED = frozenset({"cs.LG", "stat.ML"})
FREQUENT = "Ilse Maria van der Vogelweide"
REPLACED = "2601.50005"
OLD_ID = "math/0101001"
WITHDRAWN = "2601.50007"
PENDING = "2601.50008"
ATTACKING = "2601.50009"
FORMULAS = "2601.50010"


@functools.cache
def the_models() -> Models:
    """The models that the project ships."""
    return tables.load_almanac_models()


def paper(day: str, paper_id: str, title: str, abstract: str, **changes: Any) -> dict[str, Any]:
    """A row of `papers`."""
    authors = changes.pop("authors", ["Tomasz Żółkiewicz-Ames", "Bo Li"])
    categories = changes.pop("categories", ["cs.LG", "stat.ML"])
    return {
        "day": dt.date.fromisoformat(day),
        "paper_id": paper_id,
        "version": 1,
        "title": title,
        "title_tex": title,
        "abstract": abstract,
        "authors": authors,
        "categories": categories,
        "categories_given": " ".join(categories),
        "primary_category": categories[0],
        "announced_by": "listed",
        "is_withdrawn": False,
        "source": "snapshot",
        "authors_tex": authors,
        "versions": [{"version": 1, "created": dt.datetime(2026, 1, 27, 9, tzinfo=dt.UTC)}],
        "listing": "new",
        **changes,
    }


def summary(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A row of `summaries` for a row of `papers`."""
    short = row["abstract"].split(". ")[0].rstrip(".") + "."
    return {
        "day": row["day"],
        "paper_id": row["paper_id"],
        "version": row["version"],
        "language": "en",
        "tldr": short,
        "motivation": f"Why: {short}",
        "method": f"How: {short}",
        "result": "It is 12 % better.",
        "practical": "Try it first on small data.",
        "keywords": ["tide tables", "beacons"],
        "status": "complete",
        "reason": "not stated: conclusion",
        "model": "a-model",
        "prompt_version": "1",
        "abstract_hash": "0" * 64,
        "input_tokens": 500,
        "output_tokens": 200,
        "cost_usd": 0.002,
        "attempts": 1,
        "created_at": dt.datetime(2026, 1, 30, 2, tzinfo=dt.UTC),
        **changes,
    }


def papers() -> list[dict[str, Any]]:
    """All rows of `papers`, by day."""
    first, second, third, fourth, _ = DAYS
    words = (
        ("tidal", "A lighthouse keeper's logbook gives the tidal currents of a strait. We read 300 pages of it."),
        ("kelp", "Kelp forests bend in tidal currents. We measure how a strait with kelp slows the water."),
        ("sundial", "A sundial drifts when its wall settles. We correct a sundial by the equation of time."),
        ("gnomon", "The gnomon of a sundial casts a shadow. We learn the equation of time from shadows alone."),
    )
    rows = [
        paper(
            day,
            f"2601.5{number:01}1{place:02}",
            f"On {word} number {number}",
            text,
            authors=[FREQUENT, f"Ann {number}"],
        )
        for number, day in enumerate((first, second, third, fourth))
        for place, (word, text) in enumerate(words)
    ]
    rows += [
        paper(first, REPLACED, "Bees that count to seven", "Bees count flowers. We teach bees to count to seven."),
        paper(
            third,
            REPLACED,
            "Bees that count to eight",
            "Bees count flowers. With more sugar we teach bees to count to eight.",
            version=2,
            listing="replace",
            versions=[
                {"version": 1, "created": dt.datetime(2026, 1, 27, 9, tzinfo=dt.UTC)},
                {"version": 2, "created": dt.datetime(2026, 1, 29, 9, tzinfo=dt.UTC)},
            ],
        ),
        paper(
            second,
            OLD_ID,
            "An old knot",
            "A knot from the last century is untied.",
            categories=["math.GT", "cs.LG"],
            doi="10.5555/knot.1",
            journal_ref="J. Knots 1 (2001) 1",
            version=None,
        ),
        paper(
            third, WITHDRAWN, "A lemma that fails", "The lemma does not hold.", is_withdrawn=True, comment="Withdrawn"
        ),
        paper(
            third,
            PENDING,
            "Waiting for its summary",
            "Zeppelins are surveyed. Nobody has read this yet.",
            comment="Code: https://github.com/example/zeppelin",
            categories=["stat.ML"],
        ),
        paper(
            third,
            ATTACKING,
            ATTACK,
            f"{ATTACK} Quixotic words close the abstract.",
            authors=[ATTACK, "Ann 2"],
            comment=ATTACK,
            journal_ref=ATTACK,
            doi='10.1/"><script>attacked=1</script>',
            license="javascript:attacked=1",
        ),
        paper(
            third,
            FORMULAS,
            r"Rates of order $O(n^{-1/2})$ for \$5 a sample",
            r"We bound $\sup_{f \in \mathcal{F}} |P_n f - P f|$ by $\sqrt{\frac{d}{n}}$. A sample costs \$5.",
            categories=["stat.ML", "cs.LG"],
        ),
    ]
    return sorted(rows, key=lambda row: row["day"])


def summaries(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The summaries of some papers: one is pending, one extractive, one made by a model that attacks."""
    empty = dict.fromkeys(("tldr", "motivation", "method", "result", "practical", "keywords", "model", "cost_usd"))
    found = []
    for row in rows:
        changes: dict[str, Any] = {}
        if row["paper_id"] == PENDING:
            changes = {**empty, "status": "pending", "reason": "the endpoint answered 429"}
        elif row["paper_id"] == OLD_ID:
            changes = {"status": "extractive", "model": "embedded", "cost_usd": None}
        elif row["paper_id"] == ATTACKING:
            names = ("tldr", "motivation", "method", "result", "conclusion", "practical", "reason", "model")
            changes = {**dict.fromkeys(names, ATTACK), "keywords": [ATTACK], "status": "repaired"}
        found.append(summary(row, **changes))
    return found


def prose(title: str, cited: str, text: str = "Lighthouses keep time.") -> str:
    """The JSON of an overview, a topic page or an article."""
    sentences = [
        {"text": text, "citations": [cited], "queries": ["volume"], "kind": "claim", "opens_paragraph": True},
        {"text": f"{ATTACK} And so on.", "citations": ["2501.99999"], "queries": [], "kind": "claim"},
    ]
    work = {"id": cited, "title": "An old knot", "authors": ["Bo Li"], "day": DAYS[1]}
    return json.dumps(
        {
            "schema_version": 1,
            "title": title,
            "as_of": DAYS[-1],
            "papers": 4,
            "sections": [{"title": "Lead", "sentences": sentences}],
            "cited": [{**work, "url": f"https://arxiv.org/abs/{cited}"}],
            "evidence": {"volume": {"description": "Papers.", "source": "SELECT 1 < 2", "values": {"papers": 4}}},
            "coverage": {"share": 0.5, "papers": 2, "of": 4},
            "verification": {"claims": 2, "citations": 2, "claims_supported": 1.0, "cut": []},
            "made_with": {"writer": "templates", "summaries": {"a-model": 4}, "cost_usd": 0.0},
        }
    )


def topic_prose(cited: str) -> str:
    """The JSON of a topic page: what a paper is about stands below its title, the others are listed."""
    document = json.loads(prose("Time keeping", cited))
    work = document["cited"][0]
    told = {"text": "Knots keep time.", "citations": [cited], "queries": [], "kind": "claim", "under_title": True}
    document["sections"][0]["title"] = "In short"
    document["sections"].append({"title": "New papers", "sentences": [told, {**told, "text": f"{ATTACK} So be it."}]})
    document["also"] = [{**work, "id": OLD_ID, "title": f"A listed knot {ATTACK}"}]
    document["link"] = {"title": "A course on clocks", "url": "https://example.org/clocks"}
    document["notice"] = "Rules wrote this page."
    document["status"] = {cited: "extractive"}
    return json.dumps(document)


def write_day(lake: Lake, models: Models, day: str, rows: list[dict[str, Any]]) -> None:
    """Writes a day into the lake: papers, summaries, digest, ledger and the marts of the day."""
    made = PAPERS.frame(rows), SUMMARIES.frame(summaries(rows)), REJECTED_PAPERS.empty()
    lake.write(PAPERS, day, made[0])
    lake.write(SUMMARIES, day, made[1])
    digest = build_digest(dt.date.fromisoformat(day), *made, FOLLOWED, "en")
    row = {
        "day": digest.day,
        "title": digest.title,
        "primary_papers": digest.counts.papers,
        "cross_lists": digest.counts.cross_lists,
        "markdown": "",
        "json": digest_json(digest),
    }
    lake.write(DIGESTS, day, DIGESTS.frame([row]))
    zero = dict.fromkeys(
        (
            "from_other_days",
            "to_other_days",
            "repeated",
            "not_followed",
            "rejected",
            "cross_listed",
            "replaced",
            "difference",
            "unexplained",
        ),
        0,
    )
    accounts = {
        **zero,
        "day": digest.day,
        "category": "all",
        "source": "snapshot",
        "fetched": len(rows),
        "kept": len(rows),
        "new": len(rows),
    }
    lake.write(LISTING_LEDGER, day, LISTING_LEDGER.frame([accounts]))
    for name in ("category_daily", "summary_completeness"):
        lake.write(models[name].table, day, run_model(models[name], models, lake, day))


def make_corpus(root: Path, days: tuple[str, ...] = DAYS) -> Lake:
    """A lake with the corpus: days, an overview, a topic page, an article, rising terms."""
    lake, models = Lake(root), the_models()
    for day in days:
        write_day(lake, models, day, [row for row in papers() if row["day"].isoformat() == day])
    common = {"as_of": dt.date.fromisoformat(DAYS[-1]), "papers": 4, "cited": 1, "markdown": ""}
    lake.write(
        OVERVIEWS,
        "2026",
        OVERVIEWS.frame(
            [
                {
                    **common,
                    "year": 2026,
                    "category": "cs.LG",
                    "title": "Overview",
                    "json": prose("Overview of 2026", OLD_ID),
                }
            ]
        ),
    )
    topic = {**common, "month": "2026-01", "topic": "time-keeping", "title": "Time keeping in January"}
    lake.write(TOPIC_PAGES, "2026-01", TOPIC_PAGES.frame([{**topic, "json": topic_prose(FORMULAS)}]))
    article = {**common, "month": "2026-01", "title": "The month of sundials"}
    lake.write(TREND_ARTICLES, "2026-01", TREND_ARTICLES.frame([{**article, "json": prose("Sundials", OLD_ID)}]))
    terms = [
        {
            "year": 2026,
            "category": "cs.LG",
            "direction": "rising",
            "rank": rank,
            "term": term,
            "papers": 20,
            "papers_year_before": 5,
            "share": 0.2,
            "share_year_before": 0.05,
            "ratio": 4.0 - rank / 10,
            "ratio_low": 2.0,
            "ratio_high": 7.0,
            "standard_errors": 4.0,
        }
        for rank, term in enumerate(("sundial", "<b>gnomon</b> & kelp"), start=1)
    ]
    rising = models["rising_terms"].table
    lake.write(rising, "2026", rising.frame(terms))
    return lake


def build(site: Path, lake: Lake, url: str | None = None) -> Built:
    """Brings a site of the corpus up to date."""
    return build_site(site, lake, marts_of(the_models()), Options(FOLLOWED, url=url))
