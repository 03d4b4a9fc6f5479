"""OAI-PMH, `/oai`, as arXiv's own server of 2025 speaks it.

Quirks that are kept: errors come with HTTP 200; a datestamp is the day of the last change, so a record
moves out of a range when it changes; tokens carry no total, expire at midnight UTC, and are positions
in a list that may have changed; the last page of a resumed list ends with an empty token.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode

from lxml import etree  # type: ignore[import-untyped]

from tests.emulators.arxiv.markup import XSI, child, utc, written
from tests.emulators.arxiv.oai_formats import FORMATS, IDENTIFIER_PREFIX, OAI, header, record
from tests.emulators.arxiv.sets import all_sets, is_in
from tests.emulators.arxiv.world import Seen, World

EARLIEST = dt.date(2005, 9, 16)
RECORDS_A_PAGE = 3500
HEADERS_A_PAGE = 20000

_PROBLEMS = {
    "badArgument": "The request includes illegal arguments, is missing required arguments, includes a repeated "
    "argument, or values for arguments have an illegal syntax.",
    "badResumptionToken": "The value of the resumptionToken argument is invalid or expired.",
    "badVerb": "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is missing, or the verb "
    "argument is repeated.",
    "cannotDisseminateFormat": "The metadata format identified by the value given for the metadataPrefix argument is "
    "not supported by the item or by the repository.",
    "idDoesNotExist": "The value of the identifier argument is unknown or illegal in this repository.",
    "noRecordsMatch": "The combination of the values of the from, until, set and metadataPrefix arguments results in "
    "an empty list.",
}


class _ProblemError(Exception):
    """A request that is answered with an OAI-PMH error."""


@dataclass
class OaiService:
    """The service: the world, its page size, and the tokens that it gave out."""

    world: World
    page_size: int = RECORDS_A_PAGE
    _tokens: dict[str, dt.datetime] = field(default_factory=dict)

    def answer(self, parameters: list[tuple[str, str]], url: str, fault: str | None = None) -> bytes:
        """The answer to a request's parameters; `fault` is expired_token, empty_page or neither."""
        given = dict(parameters)
        root = etree.Element(etree.QName(OAI, "OAI-PMH"), nsmap={None: OAI, "xsi": XSI})
        root.set(etree.QName(XSI, "schemaLocation"), f"{OAI} {OAI}OAI-PMH.xsd")
        child(root, "responseDate", utc(self.world.now()))
        request = child(root, "request", url)
        try:
            if len(given) < len(parameters):
                raise _ProblemError("badArgument")
            if fault == "expired_token":
                raise _ProblemError("badResumptionToken")
            content = self._content(given, fault == "empty_page")
        except _ProblemError as problem:
            child(root, "error", _PROBLEMS[str(problem)], code=str(problem))
            return written(root)
        for name, value in given.items():
            request.set(name, value)
        root.append(content)
        return written(root)

    def _content(self, given: Mapping[str, str], empty: bool) -> Any:
        match given.get("verb"):
            case "Identify":
                _only(given)
                return _identify()
            case "ListMetadataFormats":
                _only(given, "identifier")
                return self._formats(given.get("identifier"))
            case "ListSets":
                _only(given)
                return _sets()
            case "GetRecord":
                _only(given, "identifier", "metadataPrefix", required=True)
                return self._get(given["identifier"], given["metadataPrefix"])
            case "ListRecords" | "ListIdentifiers":
                return self._list(given, empty)
            case _:
                raise _ProblemError("badVerb")

    def _find(self, identifier: str) -> Seen:
        if not identifier.startswith(IDENTIFIER_PREFIX):
            raise _ProblemError("idDoesNotExist")
        seen = self.world.find(identifier.removeprefix(IDENTIFIER_PREFIX), "oai")
        if seen is None:
            raise _ProblemError("idDoesNotExist")
        return seen

    def _formats(self, identifier: str | None) -> Any:
        if identifier is not None:
            self._find(identifier)
        element = _element("ListMetadataFormats")
        for prefix, (schema, namespace) in FORMATS.items():
            entry = child(element, "metadataFormat")
            child(entry, "metadataPrefix", prefix)
            child(entry, "schema", schema)
            child(entry, "metadataNamespace", namespace)
        return element

    def _get(self, identifier: str, prefix: str) -> Any:
        if prefix not in FORMATS:
            raise _ProblemError("cannotDisseminateFormat")
        element = _element("GetRecord")
        record(element, self._find(identifier), prefix)
        return element

    def _list(self, given: Mapping[str, str], empty: bool) -> Any:
        verb, skip, asked = given["verb"], 0, given
        if "resumptionToken" in given:
            _only(given, "resumptionToken")
            asked, skip = self._resumed(given["resumptionToken"], verb)
        prefix = asked.get("metadataPrefix")
        if prefix is None:
            raise _ProblemError("badArgument")
        _only(asked, "metadataPrefix", "from", "until", "set")
        if prefix not in FORMATS:
            raise _ProblemError("cannotDisseminateFormat")
        found = self._selected(asked)[skip:]
        if not found:
            raise _ProblemError("noRecordsMatch")
        element = _element(verb)
        size = self.page_size if verb == "ListRecords" else HEADERS_A_PAGE
        for seen in [] if empty else found[:size]:
            if verb == "ListRecords":
                record(element, seen, prefix)
            else:
                header(element, seen)
        if len(found) > size and not empty:
            child(element, "resumptionToken", self._token(asked, skip + size), expires=utc(self._midnight()))
        elif "resumptionToken" in given and not empty:
            child(element, "resumptionToken")
        return element

    def _selected(self, asked: Mapping[str, str]) -> list[Seen]:
        today = self.world.now().date()
        first = _date(asked["from"]) if asked.get("from") else EARLIEST
        last = _date(asked["until"]) if asked.get("until") else today
        wanted = asked.get("set")
        if first > last or first < EARLIEST or last > today + dt.timedelta(days=1):
            raise _ProblemError("badArgument")
        if wanted and wanted not in all_sets():
            raise _ProblemError("badArgument")
        found = [
            seen
            for seen in self.world.visible("oai")
            if first <= seen.datestamp <= last and (not wanted or is_in(seen.categories, wanted))
        ]
        return sorted(found, key=lambda seen: (seen.datestamp, seen.paper.paper_id))

    def _midnight(self) -> dt.datetime:
        tomorrow = self.world.now().date() + dt.timedelta(days=1)
        return dt.datetime.combine(tomorrow, dt.time(), dt.UTC)

    def _token(self, asked: Mapping[str, str], skip: int) -> str:
        token = quote(urlencode({**asked, "skip": skip}))
        self._tokens[token] = self._midnight()
        return token

    def _resumed(self, token: str, verb: str) -> tuple[dict[str, str], int]:
        asked = {name: values[0] for name, values in parse_qs(unquote(token)).items()}
        skip = asked.pop("skip", "")
        if (
            not skip.isdecimal()
            or asked.get("verb") != verb
            or self.world.now() >= self._tokens.get(token, self._midnight())
        ):
            raise _ProblemError("badResumptionToken")
        return asked, int(skip)


def _only(given: Mapping[str, str], *allowed: str, required: bool = False) -> None:
    if set(given) - {"verb", *allowed} or (required and set(allowed) - set(given)):
        raise _ProblemError("badArgument")


def _date(text: str) -> dt.date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _ProblemError("badArgument") from None


def _element(tag: str) -> Any:
    return etree.Element(etree.QName(OAI, tag), nsmap={None: OAI})


def _sets() -> Any:
    element = _element("ListSets")
    for spec, name in all_sets().items():
        entry = child(element, "set")
        child(entry, "setSpec", spec)
        child(entry, "setName", name)
    return element


def _identify() -> Any:
    element = _element("Identify")
    child(element, "repositoryName", "arXiv")
    child(element, "baseURL", "https://oaipmh.arxiv.org/oai")
    child(element, "protocolVersion", "2.0")
    child(element, "adminEmail", "help@arxiv.org")
    child(element, "earliestDatestamp", f"{EARLIEST}")
    child(element, "deletedRecord", "persistent")
    child(element, "granularity", "YYYY-MM-DD")
    return element
