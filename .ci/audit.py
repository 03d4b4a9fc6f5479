"""Asks the database of advisories (OSV) about every version that the lock files pin: `make audit`.

pip-audit does the asking. Here stands what a project with several universal lock files needs beside it: each pin is
asked for once, for whichever Python and platform it is; an advisory that does not concern the project can be accepted
with a reason (`--accepted`); and a database that does not answer is told apart from a version with a vulnerability.
The database is api.osv.dev, or what PIP_AUDIT_OSV_URL says.

Exit codes: 0 no known vulnerability, or the database cannot be asked, which is said in one sentence; 1 a vulnerability,
with the version that mends it, or a file that cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Pin = tuple[str, str]
"""Canonical name and version."""

PIN = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
ACCEPTED = re.compile(r"(?P<id>\S+)\s+(?P<reason>\S.*)")
NO_ANSWER = re.compile(r"^(?:requests\.exceptions\.|pip_audit\._service\.interface\.)(?P<kind>\w+)", re.MULTILINE)
NO_CONNECTION = "Could not connect to OSV"
"""What pip-audit says of a connection that timed out; all other failures to ask end in a class of these modules."""


class AuditError(Exception):
    """A sentence about what keeps the audit from being made, where that has to be mended."""


def pins(path: Path) -> Iterator[Pin]:
    """What a lock file pins. Raises AuditError for a line that is no pin, so that none is passed over."""
    for number, line in enumerate(lines(path), start=1):
        if not line.strip() or line[0] in " \t#":  # hashes and comments of a pin stand below it
            continue
        if not (found := PIN.match(line)):
            raise AuditError(f"{path.name}, line {number}: {line.strip()!r} pins no version of a package.")
        try:
            yield canonicalize_name(found["name"]), str(Version(found["version"]))
        except InvalidVersion as error:
            raise AuditError(f"{path.name}, line {number}: {error}.") from error


def accepted(path: Path) -> list[str]:
    """Ids of the advisories that are accepted. Raises AuditError for one without a reason."""
    found = []
    for number, line in enumerate(lines(path), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if not (entry := ACCEPTED.fullmatch(line.strip())):
            raise AuditError(f"{path.name}, line {number}: write why {line.strip()} is accepted behind it.")
        found.append(entry["id"])
    return found


def lines(path: Path) -> list[str]:
    """The lines of a text file. Raises AuditError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError(f"{path} cannot be read: {error}.") from error


def without_twins(found: Iterable[Pin]) -> list[list[Pin]]:
    """The pins in as few parts as there are versions of one package: pip-audit takes one of each at a time."""
    parts: list[list[Pin]] = []
    seen: defaultdict[str, int] = defaultdict(int)
    for name, version in sorted(found):
        place = seen[name]
        seen[name] += 1
        if place == len(parts):
            parts.append([])
        parts[place].append((name, version))
    return parts


def ask(part: Sequence[Pin], ignored: Sequence[str]) -> list[dict[str, Any]] | str:
    """What pip-audit says of some pins, a dictionary for each; or why the database cannot be asked.

    Raises AuditError where pip-audit fails for another reason.
    """
    with tempfile.TemporaryDirectory(prefix="almanac-audit-") as folder:
        listed, answer = Path(folder, "pins.txt"), Path(folder, "answer.json")
        listed.write_text("".join(f"{name}=={version}\n" for name, version in part), encoding="utf-8")
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "pip_audit",
            "--requirement",
            listed,
            "--no-deps",
            "--disable-pip",
        ]
        command += ["--vulnerability-service", "osv", "--format", "json", "--output", answer, "--cache-dir", folder]
        command += ["--progress-spinner", "off", *(f"--ignore-vuln={one}" for one in ignored)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.exists():
            found: list[dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))["dependencies"]
            return found
    if NO_CONNECTION in ended.stderr:
        return "no connection"
    if kinds := NO_ANSWER.findall(ended.stderr):
        return str(kinds[0])
    last = (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]
    raise AuditError(f"pip-audit failed: {last}")


def told(finding: Mapping[str, Any], locks: Iterable[str]) -> Iterator[str]:
    """A sentence for each vulnerability of a pin: what, where, and what to do."""
    name, version = finding["name"], finding["version"]
    for one in finding["vulns"]:
        others = f" ({', '.join(sorted(one['aliases']))})" if one["aliases"] else ""
        later = sorted(Version(fix) for fix in one["fix_versions"] if Version(fix) > Version(version))
        if later:
            remedy = f"{later[0]} mends it: pin it by `make lock`"
        else:
            remedy = f"no version mends it yet: do without {name}, or accept it with a reason"
        yield f"{name} {version}, {one['id']}{others}: {one['description'].strip().rstrip('.')}. {remedy}" + (
            f" ({', '.join(sorted(locks))})."
        )


def main() -> int:
    """Audits the lock files of the command line."""
    parser = argparse.ArgumentParser(description="Known vulnerabilities of what lock files pin.")
    parser.add_argument("locks", nargs="+", type=Path, metavar="LOCK")
    parser.add_argument("--accepted", type=Path, help="file of accepted advisories, a line each: ID and the reason")
    given = parser.parse_args()
    where = os.environ.get("PIP_AUDIT_OSV_URL", "api.osv.dev")
    try:
        locks: defaultdict[Pin, set[str]] = defaultdict(set)
        for path in given.locks:
            for pin in pins(path):
                locks[pin].add(path.name)
        ignored = accepted(given.accepted) if given.accepted else []
        findings: list[dict[str, Any]] = []
        for part in without_twins(locks):
            answer = ask(part, ignored)
            if isinstance(answer, str):
                print(f"Not audited: the database of advisories at {where} cannot be asked ({answer}).")
                return 0
            findings += answer
    except AuditError as error:
        print(error, file=sys.stderr)
        return 1
    sentences = [text for one in findings for text in told(one, locks[one["name"], one["version"]])]
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    if not sentences:
        except_for = f", {len(ignored)} accepted" if ignored else ""
        print(f"Audited {len(findings)} pinned versions: no known vulnerability{except_for}.")
    return 1 if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
