"""The plots of the trends page: SVG with a text alternative, and the data beside it as CSV.

Drawn by Vega-Lite with vl-convert's own fonts measured, so the same data give the same bytes on every machine. Ink is
`currentColor`: a plot is dark on light paper and light on dark. Nothing in an SVG carries a style or a script.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl
import vl_convert
from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

from assets.digests.wording import count

WIDTH = 620
DAYS_MARKED = 14
"""Days up to which each has its mark on an axis."""

FONT = "DejaVu Sans, Verdana, sans-serif"
COLOURS = ("#a2394a", "#33709e", "#8a6d1f", "#3f7f52", "#7a5aa6", "#a85a1c", "#4f7f86", "#7d7d7d")
"""Each has a contrast of 3 at least on light and on dark paper."""

_SVG = "http://www.w3.org/2000/svg"
KEPT = {
    "d", "transform", "width", "height", "viewBox", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "fill", "stroke",
    "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "text-anchor", "font-family",
    "font-size", "font-weight", "font-style", "stroke-miterlimit", "dx", "dy",
}  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """A plot as a page shows it."""

    name: str
    title: str
    caption: str
    svg: Markup
    csv: str
    """Where its data stand in the site."""
    data: str
    """The data as CSV."""


def daily_papers(rows: pl.DataFrame) -> Plot:
    """New papers a day in each category: columns `day`, `category`, `papers`."""
    chart = (
        alt.Chart(_records(rows))
        .mark_line(point=alt.OverlayMarkDef(size=22), strokeWidth=1.6)
        .encode(
            x=alt.X("day:T", title=None, axis=_days(rows)),
            y=alt.Y("papers:Q", title="new papers"),
            color=_colour("category", rows.get_column("category").unique().sort().to_list()),
        )
    )
    mean = ", ".join(
        f"{category} {papers:.0f} a day"
        for category, papers in rows.group_by("category")
        .mean()
        .sort("category")
        .select("category", "papers")
        .iter_rows()
    )
    return _plot(
        "papers-per-day",
        "Papers a day",
        "New papers of each category on each announcement day.",
        f"Mean: {mean}.",
        chart,
        rows,
    )


def rising_terms(rows: pl.DataFrame, category: str, year: int) -> Plot:
    """Terms with the change of their share: `term`, `ratio` and its 95 % interval, `ratio_low` to `ratio_high`."""
    base = alt.Chart(_records(rows)).encode(
        y=alt.Y("term:N", sort=rows.get_column("term").to_list(), title=None, axis=alt.Axis(labelLimit=240))
    )
    ends = float(rows.select(pl.col("ratio_low").min()).item()), float(rows.select(pl.col("ratio_high").max()).item())
    scale = alt.Scale(type="log", nice=False, domain=[ends[0] * 0.9, ends[1] * 1.1])
    chart = base.mark_rule(color=COLOURS[1], strokeWidth=1.6).encode(
        x=alt.X(
            "ratio_low:Q", scale=scale, title=f"share of {year} over share of {year - 1} (log scale), 95 % interval"
        ),
        x2="ratio_high:Q",
    ) + base.mark_point(filled=True, color=COLOURS[0], size=45, opacity=1).encode(x=alt.X("ratio:Q", scale=scale))
    told = "; ".join(
        f"{term} {ratio:.1f} ({low:.1f} to {high:.1f})"
        for term, ratio, low, high in rows.head(5).select("term", "ratio", "ratio_low", "ratio_high").iter_rows()
    )
    name = f"terms-{category.lower().replace('.', '-')}"
    return _plot(
        name,
        f"Terms of {category} that rise most, {year} against {year - 1}",
        "Ratio of the shares of papers that use a term; the bar is its 95 % interval, for one term alone.",
        f"The first: {told}.",
        chart,
        rows,
    )


def completeness(rows: pl.DataFrame) -> Plot:
    """Summaries of each day by status: `day`, `status`, `summaries`."""
    chart = (
        alt.Chart(_records(rows))
        .mark_bar(size=max(2, min(14, 500 // max(1, rows.get_column("day").n_unique()))))
        .encode(
            x=alt.X("day:T", title=None, axis=_days(rows)),
            y=alt.Y("summaries:Q", title="summaries"),
            color=_colour("status", ["complete", "repaired", "extractive", "pending"]),
        )
    )
    totals = rows.group_by("status", maintain_order=True).sum().select("status", "summaries").iter_rows()
    told = ", ".join(f"{number:,} {status}" for status, number in totals if number)
    return _plot(
        "completeness",
        "Summaries by status",
        "What became of the summaries of each day.",
        f"In all: {told or 'none'}.",
        chart,
        rows,
    )


def cost(rows: pl.DataFrame) -> Plot:
    """Cost of each day's summaries: `day`, `cost_usd`."""
    chart = (
        alt.Chart(_records(rows))
        .mark_bar(color=COLOURS[1], size=max(2, min(14, 500 // max(1, rows.height))))
        .encode(
            x=alt.X("day:T", title=None, axis=_days(rows)),
            y=alt.Y("cost_usd:Q", title="US dollars"),
        )
    )
    total = float(rows.get_column("cost_usd").sum())
    return _plot(
        "cost",
        "Cost of the summaries",
        "US dollars for the summaries of each day, all attempts.",
        f"In all {total:,.2f} dollars on {count(rows.height, 'day')}.",
        chart,
        rows,
    )


def _days(rows: pl.DataFrame) -> alt.Axis:
    """The axis of days: each has its mark, or, where they are many, as many as fit."""
    first, last = rows.get_column("day").min(), rows.get_column("day").max()
    is_short = isinstance(first, dt.date) and isinstance(last, dt.date) and (last - first).days <= DAYS_MARKED
    marks = alt.TimeIntervalStep(interval="day", step=1) if is_short else alt.Undefined
    return alt.Axis(format="%-d %b", labelOverlap=True, tickCount=marks, grid=False)


def _colour(field: str, names: list[str]) -> alt.Color:
    scale = alt.Scale(domain=names, range=[COLOURS[at % len(COLOURS)] for at in range(len(names))])
    return alt.Color(f"{field}:N", scale=scale, title=None, legend=alt.Legend(orient="top", columns=6, symbolSize=60))


def _records(rows: pl.DataFrame) -> alt.InlineData:
    texts = [
        {name: value if isinstance(value, str | int | float) else str(value) for name, value in row.items()}
        for row in rows.iter_rows(named=True)
    ]
    return alt.InlineData(values=texts)


def _plot(name: str, title: str, caption: str, told: str, chart: Any, rows: pl.DataFrame) -> Plot:
    height = max(180, 20 * rows.height) if name.startswith("terms") else 240
    spec = chart.properties(width=WIDTH - 90 if not name.startswith("terms") else WIDTH - 240, height=height).to_dict()
    ink = "currentColor"
    axis = {
        "labelColor": ink,
        "titleColor": ink,
        "tickColor": ink,
        "domainColor": ink,
        "gridColor": ink,
        "gridOpacity": 0.15,
        "tickOpacity": 0.4,
        "domainOpacity": 0.4,
        "titleFontWeight": "normal",
    }
    spec["config"] = {
        "font": FONT, "background": None, "view": {"stroke": None}, "axis": axis, "padding": 4,
        "legend": {"labelColor": ink, "titleColor": ink}, "aria": False,
    }  # fmt: skip
    svg = vl_convert.vegalite_to_svg(spec)
    return Plot(
        name, title, caption, _clean(svg, name, title, f"{caption} {told}"), f"trends/{name}.csv", rows.write_csv()
    )


def _clean(svg: str, name: str, title: str, description: str) -> Markup:
    """The drawing with nothing but shapes and texts, and with its title and description."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    found = etree.fromstring(svg.encode(), parser)
    for element in [*found.iter()]:
        if not isinstance(element.tag, str) or etree.QName(element).localname not in {
            "svg",
            "g",
            "path",
            "line",
            "rect",
            "text",
            "tspan",
            "circle",
        }:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for attribute in set(element.attrib) - KEPT:
            del element.attrib[attribute]
    for number, (kind, text) in enumerate((("title", title), ("desc", description))):
        made = etree.Element(f"{{{_SVG}}}{kind}", id=f"{kind}-{name}")
        made.text = text
        found.insert(number, made)
    found.set("role", "img")
    found.set("aria-labelledby", f"title-{name} desc-{name}")
    found.attrib.pop("width", None)
    found.attrib.pop("height", None)
    etree.cleanup_namespaces(found, keep_ns_prefixes=[])
    text = etree.tostring(found, encoding="unicode")
    return Markup(re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text))
