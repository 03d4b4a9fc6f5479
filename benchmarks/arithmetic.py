"""What all of arXiv takes, from figures that were measured here and prices that somebody asks: docs/scale.md.

    python -m benchmarks.arithmetic [--papers 3000000] [--days 9200] [--input-price 0.25] …

Nothing is measured: every figure has the command that measured it, and every price its date, in the lines below. Change
them by an option, and the tables follow.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Given:
    """Figures and prices; seconds are CPU-seconds of one core, prices US dollars."""

    papers: float = 3_000_000
    days: float = 9_200
    """Announcement days since 1991, as `DAYS` has them."""
    months: float = 413

    import_seconds_a_paper: float = 0.000102
    import_seconds_a_day: float = 0.0066
    """`almanac import` of 71,960 papers on 63 days and of 30,000 on 7,833, each less the same again with nothing to do:
    7.7 and 54.5 CPU-seconds."""
    models_seconds_a_paper: float = 0.00121
    """benchmarks.scale: all SQL models from nothing, 3,625 CPU-seconds for 3,000,000 papers."""
    digest_seconds_a_paper: float = 0.0075
    """benchmarks.pipeline, the 34,660 papers of a year: digests, overviews, checks."""
    embedded_papers_a_second: float = 330
    """The same: summaries by rules."""
    bytes_a_paper: float = 1_900
    """The same, its day alone: all tables of the lake, a paper of 2026-01-30."""
    text_bytes_a_paper: float = 6_200
    """The same: digests in the home, Markdown and JSON."""
    files_a_day: float = 10
    """Tables by day, a file each."""

    input_tokens: float = 970
    output_tokens: float = 426
    requests: float = 1.05
    """A paper's, first answers and repairs: `almanac backfill --estimate` for 1,321 papers of 2025."""
    client_seconds: float = 0.0065
    """benchmarks.model_faulty: CPU of the asking process for a request."""

    input_price: float = 0.25
    output_price: float = 2.00
    """A million tokens of gpt-5-mini, as others quoted OpenAI's price list in March 2026 (docs/scale.md says who)."""
    batch_price: float = 0.5
    """What a batch costs of that, by the same tables."""
    tokens_a_minute: float = 10_000_000
    """The endpoint's limit; that of an account, not of the almanac."""
    fleet_output_tokens: float = 3_000
    """Output tokens a second of one GPU with a small model behind vLLM: an assumption, to be measured on yours."""
    gpu_hour: float = 2.50
    core_hour: float = 0.04
    """What a rented GPU and a rented core cost for an hour: assumptions of November 2026."""
    storage_month: float = 0.023
    """A GB for a month in S3 standard storage, us-east-1: an assumption of November 2026, as are the next two."""
    put_thousand: float = 0.005
    get_thousand: float = 0.0004


def lines(given: Given) -> list[str]:
    """The tables, as Markdown."""
    a_paper = given.import_seconds_a_paper + given.models_seconds_a_paper + given.digest_seconds_a_paper
    own = given.papers * a_paper + given.days * given.import_seconds_a_day
    embedded = given.papers / given.embedded_papers_a_second
    requests = given.papers * given.requests
    asking = requests * given.client_seconds
    tokens_in, tokens_out = given.papers * given.input_tokens, given.papers * given.output_tokens
    live = (tokens_in * given.input_price + tokens_out * given.output_price) / 1e6
    gpu_hours = tokens_out / given.fleet_output_tokens / 3600
    gigabytes = given.papers * given.bytes_a_paper / 1e9
    puts = (given.days + given.months) * given.files_a_day

    def row(name: str, cores: float, elsewhere: str, dollars: float) -> str:
        hours = cores / 3600
        return f"| {name} | {hours:,.1f} | {hours / 2:,.1f} | {hours / 32:,.1f} | {elsewhere} | {dollars:,.0f} |"

    core = given.core_hour / 3600
    minutes = (tokens_in + tokens_out) / given.tokens_a_minute
    return [
        "| summaries | core hours | hours on 2 cores | hours on 32 | at the model | dollars |",
        "|---|---:|---:|---:|---|---:|",
        row("embedded", own + embedded, "–", (own + embedded) * core),
        row("a model, live", own + asking, f"{minutes / 60:,.1f} hours", live + (own + asking) * core),
        row(
            "a model, batches",
            own + asking,
            "a day for each round",
            live * given.batch_price + (own + asking) * core,
        ),
        row(
            "a fleet of your own",
            own + asking,
            f"{gpu_hours:,.0f} GPU hours",
            gpu_hours * given.gpu_hour + (own + asking) * core,
        ),
        "",
        f"Tokens: {tokens_in / 1e9:.2f} billion in, {tokens_out / 1e9:.2f} billion out, in {requests / 1e6:.2f} million"
        " requests.",
        "",
        "| lake on S3 | |",
        "|---|---:|",
        f"| size, GB | {gigabytes:,.1f} |",
        f"| digests in the home, GB | {given.papers * given.text_bytes_a_paper / 1e9:,.1f} |",
        f"| dollars a month | {gigabytes * given.storage_month:,.2f} |",
        f"| PUTs of a backfill, compaction included | {puts:,.0f} |",
        f"| dollars for them | {puts / 1000 * given.put_thousand:,.2f} |",
        f"| dollars for a million GETs | {1000 * given.get_thousand:,.2f} |",
    ]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for one in fields(Given):
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=float, default=one.default)
    print("\n".join(lines(Given(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
