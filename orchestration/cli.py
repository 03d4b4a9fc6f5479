"""The command `almanac`. Each command reads settings, has Dagster do the work and tells the result.

Exit codes: 0 done; 1 something failed, with a sentence on standard error; 2 wrong usage; 3 done,
but the input has faults that someone should mend; 4 stopped, because the model cannot be asked
any more: what was done is kept, and running it again goes on; 130 stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from assets.errors import AlmanacError
from orchestration.console import ERR, FAILED, OUT

app = typer.Typer(
    name="almanac",
    help="Reads what arXiv announces each day and makes digests and overviews of it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

models = typer.Typer(name="models", help="List the SQL models, or run one alone.")
app.add_typer(models)

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C or SIGTERM ended, as shells have it."""

Day = Annotated[str, typer.Argument(metavar="DAY", help="Announcement day, UTC: YYYY-MM-DD.")]
First = Annotated[str, typer.Argument(metavar="FROM", help="First date, YYYY-MM-DD.")]
Last = Annotated[str, typer.Argument(metavar="TO", help="Last date, YYYY-MM-DD; included.")]
MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="USD", min=0.0, help="The most that the command may cost; the rest waits."),
]


def main() -> None:
    """Runs the command; an error that a user can mend is one sentence and exit code 1."""
    try:
        app()
    except AlmanacError as error:
        ERR.print(f"almanac: {error}", markup=False)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        _stopped()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            # The library of commands makes this exit code of an interruption, and says nothing.
            _stopped()
        raise


def _stopped() -> NoReturn:
    ERR.print("almanac: stopped; what was finished is kept, run the command again to go on.")
    sys.exit(INTERRUPTED)


@app.command()
def run(
    day: Annotated[
        str | None, typer.Argument(metavar="DAY", help="Announcement day; default: the latest that the source has.")
    ] = None,
    roll_up: Annotated[bool, typer.Option(help="Also make the month and the year that hold the day.")] = True,
) -> None:
    """Make one announcement day: listings, papers, summaries, digest; then its month and year."""
    from orchestration.commands import run_day

    raise typer.Exit(run_day(day, roll_up))


@app.command()
def backfill(
    first: First,
    last: Last,
    again: Annotated[bool, typer.Option(help="Make finished days again, too.")] = False,
    roll_up: Annotated[bool, typer.Option(help="Also make the months and years that hold the days.")] = True,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only tell what the summaries would take: requests, tokens, dollars.")
    ] = False,
    max_cost: MaxCost = None,
) -> None:
    """Make all announcement days from FROM to TO; days that are finished stay as they are."""
    if estimate:
        from orchestration.estimate_command import tell_estimate

        raise typer.Exit(tell_estimate(first, last))
    from orchestration.commands import backfill_days

    raise typer.Exit(backfill_days(first, last, again, roll_up, max_cost))


@app.command()
def repair(
    first: Annotated[
        str | None, typer.Argument(metavar="FROM", help="First date; default: all days that were made.")
    ] = None,
    last: Annotated[str | None, typer.Argument(metavar="TO", help="Last date, included; default: today.")] = None,
    max_cost: MaxCost = None,
) -> None:
    """Ask again for summaries that are missing, pending, extractive or rejected, and for no others."""
    from orchestration.repair_command import repair_days

    raise typer.Exit(repair_days(first, last, max_cost))


@app.command()
def reconcile(
    days: Annotated[
        int | None,
        typer.Option(min=1, max=250, help="Latest announcement days to look at; default: ALMANAC_LOOK_AGAIN_DAYS."),
    ] = None,
    roll_up: Annotated[bool, typer.Option(help="Also make the months and years that hold changed days.")] = True,
) -> None:
    """Ask the source again for recent days, for late and held papers, and make those that changed."""
    from orchestration.reconcile_command import reconcile_days

    raise typer.Exit(reconcile_days(days, roll_up))


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines in arXiv's snapshot layout, .gz or .zst.")],
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First date; default: all.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last date; default: all.")] = None,
    again: Annotated[bool, typer.Option(help="Make days again, too, that were made of this file before.")] = False,
) -> None:
    """Read a snapshot file into raw_listings and papers, for every announcement day that it holds."""
    from orchestration.commands import import_snapshot

    raise typer.Exit(import_snapshot(file, first, last, again))


@app.command()
def status(
    first: Annotated[
        str | None, typer.Argument(metavar="FROM", help="First date; default: the last month made.")
    ] = None,
    last: Annotated[str | None, typer.Argument(metavar="TO", help="Last date.")] = None,
) -> None:
    """Show which days are complete, partial, pending or without announcement, and why; how far backfills are."""
    from orchestration.status_command import show_status

    raise typer.Exit(show_status(first, last))


@app.command()
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help='For example: "SELECT day, count(*) FROM papers GROUP BY day"')
    ],
    output: Annotated[str, typer.Option("--format", help="table, csv or json")] = "table",
) -> None:
    """Run a query on the warehouse, read-only."""
    from orchestration.querying import run_query

    raise typer.Exit(run_query(sql, output))


@app.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, e.g. almanac.duckdb.")],
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First date; default: all.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last date; default: all.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file where it exists.")] = False,
) -> None:
    """Write one self-contained DuckDB file of native tables, with comments and keys, to take the data away."""
    from orchestration import exporting

    raise typer.Exit(exporting.export_file(file, first, last, force))


@app.command()
def compact(
    first: Annotated[str | None, typer.Argument(metavar="FROM", help="First month, YYYY-MM; default: all.")] = None,
    last: Annotated[str | None, typer.Argument(metavar="TO", help="Last month, YYYY-MM.")] = None,
) -> None:
    """Put the day files of closed months into one file a month, which makes queries over years fast."""
    from orchestration.compacting import compact_months

    raise typer.Exit(compact_months(first, last))


@app.command()
def mail(
    day: Day,
    to: Annotated[list[str], typer.Option("--to", metavar="ADDRESS", help="Who gets it; may be repeated.")],
) -> None:
    """Send the digest of a day by mail, as HTML and text, over the server of ALMANAC_SMTP_URL."""
    from orchestration.mail_command import mail_digest

    raise typer.Exit(mail_digest(day, to))


@models.callback(invoke_without_command=True)
def list_models(
    context: typer.Context, output: Annotated[str, typer.Option("--format", help="table, csv or json")] = "table"
) -> None:
    """List the SQL models: kind, materialization, what they read, tests, description."""
    if context.invoked_subcommand is None:
        from orchestration import modelling

        raise typer.Exit(modelling.list_models(output))


@models.command("run")
def run_model(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model, or its .sql file.")],
    day: Annotated[str | None, typer.Option(metavar="DATE", help="The day to make, YYYY-MM-DD.")] = None,
    month: Annotated[str | None, typer.Option(metavar="MONTH", help="The month to make, YYYY-MM.")] = None,
    year: Annotated[str | None, typer.Option(metavar="YEAR", help="The year to make, YYYY.")] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Store the rows, through Dagster; default: show them.")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="table, csv or json")] = "table",
) -> None:
    """Run one model alone, on what the lake holds, and test its rows."""
    from orchestration import modelling

    raise typer.Exit(modelling.run_one(name, {"day": day, "month": month, "year": year}, store, output))


@app.command()
def prepare() -> None:
    """Make the home and Dagster's storage ready, and migrate it; other commands do so, too, when they start."""
    from orchestration import preparing

    raise typer.Exit(preparing.prepare())


@app.command()
def site() -> None:
    """Bring the static site up to date with what was made: pages, feeds, plots, search."""
    from orchestration.site_commands import make_site

    raise typer.Exit(make_site())


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8000,
) -> None:
    """Show the site at an address of this machine, with its search."""
    from orchestration.site_commands import serve_site

    raise typer.Exit(serve_site(port))


@app.command()
def publish(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="What gets the site: a folder, or s3://bucket/prefix.")
    ],
) -> None:
    """Copy what is new in the site to a folder or a bucket, and remove from there what left the site."""
    from orchestration.site_commands import publish_site

    raise typer.Exit(publish_site(target))


@app.command()
def metrics(
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write them there, for the textfile collector of a node exporter."),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Serve them over HTTP at this port; 0 takes a free one.")] = None,
    host: Annotated[str, typer.Option(help="Address that the server listens on.")] = "127.0.0.1",
) -> None:
    """Print figures for a monitoring system, in Prometheus's text form."""
    from orchestration.metrics_command import tell_metrics

    raise typer.Exit(tell_metrics(file, port, host))


@app.command()
def doctor() -> None:
    """Examine configuration, disk, source and warehouse, and say what to mend."""
    from orchestration.doctor import examine
    from orchestration.settings import load_settings

    colours = {"ok": "green", "warning": "yellow", "fault": "red"}
    faults = 0
    for finding in examine(load_settings(), dt.datetime.now(dt.UTC)):
        OUT.print(f"[{colours[finding.level]}]{finding.level:8}[/] {finding.subject:11} ", end="")
        OUT.print(finding.sentence, markup=False)
        faults += finding.level == "fault"
    raise typer.Exit(FAILED if faults else 0)


@app.command()
def emulate(
    llm: Annotated[bool, typer.Option("--llm", help="A model endpoint instead of arXiv.")] = False,
    port: Annotated[int | None, typer.Option(help="Port; default: 8765, with --llm 8766; 0 takes a free one.")] = None,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Share of the requests that fail.")] = 0.0,
    fault: Annotated[
        list[str] | None, typer.Option(help="A way in which they fail; may be repeated. Default: all that pass.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which requests fail.")] = 0,
    snapshot: Annotated[Path | None, typer.Option(help="Papers from a snapshot file; default: invented ones.")] = None,
    now: Annotated[
        str | None, typer.Option(metavar="TIME", help="The time that it shows; default: the true one.")
    ] = None,
    lag: Annotated[float, typer.Option(metavar="MINUTES", help="How late each mailing appears.")] = 0.0,
) -> None:
    """Start a server that stands in for arXiv (or, with --llm, for a model), and print the settings for it."""
    from orchestration.emulation import ARXIV_PORT, MODEL_PORT, emulate_arxiv, emulate_model

    if llm:
        options = ["--port", str(MODEL_PORT if port is None else port), "--seed", str(seed)]
        emulate_model(options, fault or ["rate_limit", "error_500", "fence", "truncated", "invented_number"], share)
    options = ["--port", str(ARXIV_PORT if port is None else port), "--seed", str(seed)]
    options += ["--share", str(share), "--lag", str(lag)]
    options += [part for name in fault or [] for part in ("--fault", name)]
    options += ["--snapshot", str(snapshot)] if snapshot else []
    options += ["--now", now] if now else []
    emulate_arxiv(options)


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port of the web server.")] = 3000,
    host: Annotated[str, typer.Option(help="Address it listens on.")] = "127.0.0.1",
) -> None:
    """Start Dagster's web server and daemon on this home, with everything loaded."""
    from orchestration.instance import open_instance, prepare_instance
    from orchestration.settings import load_settings

    settings = load_settings()
    with open_instance(settings.home_folder, settings.dagster_postgres_url):
        pass  # what cannot be opened, or has to be migrated, is known before the servers start
    os.environ |= prepare_instance(settings.home_folder, settings.dagster_postgres_url)
    # `dagster dev` recommends a successor that is a package of its own.
    os.environ["PYTHONWARNINGS"] = "ignore:Function `dev_command` is superseded"
    os.environ["DAGSTER_HOME"] = str(settings.home_folder.dagster)
    arguments = ["dev", "--module-name", "orchestration.definitions", "--host", host, "--port", str(port)]
    OUT.print(f"The Dagster UI opens at http://{host}:{port} (Ctrl-C stops it).")
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "dagster", *arguments])


if __name__ == "__main__":
    main()
