"""The files of deploy/, parsed: the container's instructions, the services, the values of the chart."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile in order: name and arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines if line.strip()]


def last_stage() -> list[tuple[str, str]]:
    """The instructions of the stage that becomes the image."""
    every = instructions()
    return every[max(place for place, (name, _) in enumerate(every) if name == "FROM") :]


def command() -> list[str]:
    """What the container runs."""
    found = json.loads(next(arguments for name, arguments in last_stage() if name == "CMD"))
    assert isinstance(found, list)
    return found


def healthcheck() -> list[str]:
    """What tells whether the container is well."""
    arguments = next(arguments for name, arguments in last_stage() if name == "HEALTHCHECK")
    found = json.loads(arguments.partition("CMD ")[2])
    assert isinstance(found, list)
    return found


def variables() -> dict[str, str]:
    """The environment of the image."""
    arguments = " ".join(arguments for name, arguments in last_stage() if name == "ENV")
    return dict(part.split("=", 1) for part in arguments.split())


def copied() -> list[str]:
    """What the container takes from the checkout."""
    parts = [arguments.split() for name, arguments in instructions() if name == "COPY" and "--from=" not in arguments]
    return [source for words in parts for source in words[:-1]]


def is_ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out of the build; the last line that fits decides."""
    ignored = False
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text().split():
        pattern = line.removeprefix("!")
        if fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/"):
            ignored = not line.startswith("!")
    return ignored


def compose() -> dict[str, Any]:
    """compose.yaml."""
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert isinstance(found, dict)
    return found


def chart_values() -> dict[str, Any]:
    """kubernetes/values.yaml."""
    found = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text())
    assert isinstance(found, dict)
    return found


def example_variables(path: Path) -> dict[str, str]:
    """What a file of variables sets, each line as it stands."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if line and line[0] != "#")


def pins(lock: str) -> dict[str, str]:
    """The versions of a lock file by package."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), flags=re.MULTILINE))
