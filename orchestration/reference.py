"""The reference in docs/reference/, written from the code so that it cannot say anything else:

    python -m orchestration.reference [FOLDER]

A test compares what it writes with what is there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import typer
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from assets.summaries.checks import kinds
from orchestration.cli import app
from orchestration.definitions import build_definitions
from orchestration.settings import Settings
from orchestration.tables import all_tables, load_almanac_models

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
NOTE = "<!-- Written from the code by `python -m orchestration.reference`: change it there. -->"


def pages() -> dict[str, str]:
    """The pages of the reference by file name."""
    return {
        "settings.md": _page("Settings", _settings()),
        "commands.md": _page("Commands", _commands()),
        "tables.md": _page("Tables", _tables()),
        "assets.md": _page("Assets, jobs, schedules and sensors", _assets()),
        "checks.md": _page("Checks", _checks()),
    }


def _page(title: str, blocks: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", NOTE, *blocks]) + "\n"


def _settings() -> Iterator[str]:
    yield (
        "Environment variables, or a `.env` file in the working folder. A variable that begins with `ALMANAC_` and is "
        "not in this list is told by `almanac doctor`."
    )
    rows = []
    for field in Settings.model_fields.values():
        secret = SecretStr in (getattr(field.annotation, "__args__", ()) or (field.annotation,))
        rows.append(
            (
                f"`{field.validation_alias}`",
                _default(field.default),
                f"{field.description}{' (secret: shown nowhere)' if secret else ''}",
            )
        )
    yield _table(("variable", "default", "meaning"), rows)


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined or value == "":
        return ""
    return f"`{','.join(value) if isinstance(value, tuple) else value}`"


def _commands() -> Iterator[str]:
    yield "`almanac COMMAND --help` says the same. Exit codes are in the README."
    yield from _command(typer.main.get_command(app), "almanac")


def _command(command: Any, name: str) -> Iterator[str]:
    parameters = [one for one in command.params if one.name != "help"]
    if not isinstance(getattr(command, "commands", None), dict) or parameters:
        yield f"## {name}\n\n{_plain(command.help)}"
        if parameters:
            yield _table(("argument or option", "meaning"), [_parameter(one) for one in parameters])
    for subname, sub in sorted(getattr(command, "commands", {}).items()):
        yield from _command(sub, f"{name} {subname}")


def _parameter(parameter: Any) -> tuple[str, str]:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
        return f"`{name}`" if parameter.required else f"`[{name}]`", _plain(parameter.help)
    names = " / ".join([*parameter.opts, *parameter.secondary_opts])
    return f"`{names}`", _plain(parameter.help)


def _tables() -> Iterator[str]:
    models = load_almanac_models()
    yield (
        "Every table is a view of the same name in `warehouse.duckdb`; `DESCRIBE` and editors show these words there, "
        "too. A column that may be NULL is marked with *null*."
    )
    for table in all_tables(models):
        key = f" Primary key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
        yield f"## {table.name}\n\nBy {table.period}. {table.description}{key}"
        rows = [
            (f"`{column.name}`", f"{column.dtype}{' *null*' if column.nullable else ''}", column.description)
            for column in table.columns
        ]
        yield _table(("column", "type", "meaning"), rows)
    for model in models.views:
        yield f"## {model.name}\n\nA view. {model.description}"
        yield _table(("column", "meaning"), [(f"`{column.name}`", column.description) for column in model.columns])


def _assets() -> Iterator[str]:
    definitions = _definitions()
    graph = definitions.resolve_asset_graph()
    rows = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda one: one.to_user_string()):
        node = graph.get(key)
        if node.is_materializable:
            made = sorted(parent.to_user_string() for parent in node.parent_keys)
            period = "none" if node.partitions_def is None else _period(node.partitions_def)
            rows.append(
                (
                    f"`{key.to_user_string()}`",
                    node.group_name,
                    period,
                    _first(node.description),
                    _names(made) or "the source",
                )
            )
    yield _table(("asset", "group", "partitions", "what it holds", "made from"), rows)
    repository = definitions.get_repository_def()
    named = [
        ("Jobs", [(job.name, "", job.description) for job in repository.get_all_jobs() if job.name[0] != "_"]),
        ("Schedules", [(one.name, f"`{one.cron_schedule}`", one.description) for one in repository.schedule_defs]),
        ("Sensors", [(one.name, _on(one), one.description) for one in repository.sensor_defs]),
    ]
    for title, entries in named:
        yield f"## {title}"
        header = {"Jobs": ("job", "what it does"), "Schedules": ("schedule", "when", "what it does")}
        lines = [(f"`{name}`", *((when,) if title != "Jobs" else ()), _plain(told)) for name, when, told in entries]
        yield _table(header.get(title, ("sensor", "by default", "what it does")), sorted(lines))


def _period(partitions: dg.PartitionsDefinition[str]) -> str:
    key = partitions.get_last_partition_key() or ""
    return {10: "day", 7: "month", 4: "year"}[len(key)]


def _on(sensor: dg.SensorDefinition) -> str:
    return "on" if sensor.default_status is dg.DefaultSensorStatus.RUNNING else "off"


def _checks() -> Iterator[str]:
    graph = _definitions().resolve_asset_graph()
    rows = []
    for key in sorted(graph.asset_check_keys, key=lambda one: (one.asset_key.to_user_string(), one.name)):
        node = graph.get(key)
        rows.append(
            (
                f"`{key.asset_key.to_user_string()}`",
                f"`{key.name}`",
                "yes" if node.blocking else "no",
                _first(node.description),
            )
        )
    yield _table(("asset", "check", "blocks what follows", "passes when"), rows)
    yield "## Faults of a text\n\nWhat the checks of summaries look for, by kind. A warning is told, and published."
    groups = {"As a text": kinds.VALIDITY} | {
        name.capitalize(): group
        for name, group in vars(kinds).items()
        if name.isupper() and isinstance(group, dict) and group is not kinds.VALIDITY and _are_kinds(group)
    }
    seen: set[str] = set()
    for title, group in groups.items():
        lines = [(f"`{name}`", one.severity, one.reason) for name, one in group.items() if name not in seen]
        seen |= group.keys()
        if lines:
            yield f"### {title}"
            yield _table(("kind", "severity", "the text …"), lines)


def _are_kinds(group: dict[str, Any]) -> bool:
    return all(isinstance(one, kinds.Kind) for one in group.values())


def _definitions() -> dg.Definitions:
    return build_definitions(Settings.model_construct())


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _first(text: str | None) -> str:
    """The first paragraph of a description."""
    return _plain((text or "").split("\n\n")[0])


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def main(folder: Path = FOLDER) -> None:
    """Writes the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
