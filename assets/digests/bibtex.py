r"""A paper as a BibTeX entry and as a citation of one line.

An entry is `@misc` with `eprint`, `archivePrefix` and `primaryClass`, as arXiv's own export writes it, with DOI and
journal reference where the paper has them. Values are UTF-8; TeX's own signs are escaped, mathematics stays
mathematics, and no value holds a brace without its partner: nothing that a paper says can end its entry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pybtex.database import BibliographyData, InvalidNameString, Person
from pybtex.database import Entry as BibtexEntry
from pybtex.database.output.bibtex import Writer

from assets.calendar.ids import parse_id
from assets.digests.digest import Entry
from assets.digests.links import abstract_url
from assets.digests.plain import MATHEMATICS, plain
from assets.digests.wording import listed

AUTHORS_CITED_AT_MOST = 10
"""Authors that a citation of one line names; an entry names all."""

_SPECIAL = {
    "\\": r"\textbackslash{}",
    # BibTeX counts a brace whatever stands before it, so `\{` would need a partner.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL_SIGN = re.compile(r"[\\{}$&%#_~^]")
_PER_CENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_GROUP = re.compile(
    r"\b(?:and|collaborations?|consorti\w+|team|group|project|network|survey|force|committee|institute|university|"
    r"laboratory|lab|center|centre|for|on|of the)\b",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?P<name>.*\S)[ ,]+(?P<suffix>(?:Jr|Sr)\.?|II|III|IV)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\\"%#,;]+")
_UNFIT_FOR_KEY = re.compile(r"[^A-Za-z0-9.]+")


def bibtex_entry(paper: Entry) -> str:
    """The BibTeX entry of a paper, ending with a line break; the same paper gives the same bytes."""
    return bibtex_file([paper])


def bibtex_file(papers: Iterable[Entry]) -> str:
    """The entries of papers in their order, a blank line between them; "" for none.

    No two entries of a file have the same key: ids that differ only in signs that a key cannot hold get a number.
    """
    entries: dict[str, BibtexEntry] = {}
    taken: set[str] = set()
    for paper in papers:
        key = wanted = citation_key(paper)
        number = 2
        while key.casefold() in taken:  # BibTeX reads keys without regard to case
            key, number = f"{wanted}-{number}", number + 1
        taken.add(key.casefold())
        entries[key] = _entry(paper)
    return str(_AsWritten(encoding="UTF-8").to_string(BibliographyData(entries))) if entries else ""


def citation_key(paper: Entry) -> str:
    """The key of a paper: the first author's last name in plain letters and the id, "dvorak-2601.20868"."""
    first = paper.authors[0] if paper.authors else ""
    person = _person(first)
    last = " ".join(person.prelast_names + person.last_names) if person else first
    letters = unicodedata.normalize("NFKD", last).encode("ascii", "ignore").decode()
    name = _UNFIT_FOR_KEY.sub("", letters).replace(".", "").lower() or "arxiv"
    return f"{name[:40]}-{_UNFIT_FOR_KEY.sub('-', paper.paper_id).strip('-') or 'paper'}"


def citation(paper: Entry) -> str:
    """A paper as a citation of one line of plain text: authors, year, title, id, journal, DOI."""
    authors = [_one_line(author) for author in paper.authors]
    who = listed(authors)
    if len(authors) > AUTHORS_CITED_AT_MOST:
        who = f"{', '.join(authors[:AUTHORS_CITED_AT_MOST])} et al."
    year = _year(paper)
    # A title that ends a sentence by itself gets no second full stop.
    title = plain(paper.title)
    parts = [
        f"{who} ({year})" if who and year else who or (f"({year})" if year else ""),
        title,
        f"arXiv:{_one_line(paper.paper_id)} [{_one_line(paper.primary_category)}]",
        plain(paper.journal_ref or ""),
        f"https://doi.org/{doi}" if (doi := _doi(paper)) else "",
    ]
    told = [part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part]
    # An address with a full stop behind it is another address.
    return " ".join(told).removesuffix(".") if doi else " ".join(told)


def tex(text: str) -> str:
    r"""A cleaned text as TeX of one line: mathematics as it is, every other sign of TeX escaped."""
    out: list[str] = []
    place = 0
    text = _one_line(text)
    for match in MATHEMATICS.finditer(text):
        out.append(_escaped(text[place : match.start()]))
        formula = match[1] or match[2]
        if formula is None:
            out.append(_escaped("$" if match[0] == "\\$" else match[0]))
        elif _is_balanced(formula):
            # A per cent sign would make a comment of the rest of the line.
            out.append("$" + _PER_CENT.sub(r"\1\\%", formula.strip()) + "$")
        else:
            out.append(_escaped(plain(match[0])))
        place = match.end()
    out.append(_escaped(text[place:]))
    return "".join(out)


class _AsWritten(Writer):  # type: ignore[misc]
    """Writes values as they are: they are TeX already, and a second escaping would spoil mathematics."""

    def _encode(self, text: str) -> str:
        return text

    def quote(self, s: str) -> str:
        self.check_braces(s)
        return f"{{{s}}}"


def _entry(paper: Entry) -> BibtexEntry:
    # In braces, so that no style makes small letters of "GPT" or of a variable.
    fields = [("title", f"{{{tex(paper.title)}}}")]
    if year := _year(paper):
        fields.append(("year", str(year)))
    fields += [
        ("eprint", tex(paper.paper_id)),
        ("archivePrefix", "arXiv"),
        ("primaryClass", tex(paper.primary_category)),
        ("url", abstract_url(paper.paper_id, None)),
    ]
    if doi := _doi(paper):
        fields.append(("doi", doi))
    if paper.journal_ref and paper.journal_ref.strip():
        fields.append(("note", tex(paper.journal_ref)))
    authors = [person for author in paper.authors if (person := _person(author))]
    return BibtexEntry("misc", fields, {"author": authors} if authors else {})


def _person(name: str) -> Person | None:
    """A name as BibTeX takes it apart; in braces, as one word, where it is a group's or holds what parts names."""
    name = _one_line(name)
    if not name:
        return None
    given, lineage = name, ""
    if match := _SUFFIX.fullmatch(name):
        given, lineage = match["name"].rstrip(","), match["suffix"]
    if _GROUP.search(name) or "," in given or not given[:1].isalpha():
        return Person(first="", last=f"{{{tex(name)}}}")
    try:
        person = Person(tex(given))
    except InvalidNameString:
        return Person(first="", last=f"{{{tex(name)}}}")
    if lineage:
        person.lineage_names = [lineage]
    return person


def _escaped(text: str) -> str:
    return _SPECIAL_SIGN.sub(lambda match: _SPECIAL[match[0]], text)


def _is_balanced(formula: str) -> bool:
    """Whether the braces pair, also for BibTeX, which counts an escaped one like any other."""
    depth = 0
    for sign in formula:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0 and not formula.endswith("\\")


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _year(paper: Entry) -> int | None:
    """The year of the first version, which the id tells."""
    identifier = parse_id(paper.paper_id)
    return identifier.year if identifier else None


def _doi(paper: Entry) -> str | None:
    """The first DOI of the field, which may hold several; None where it holds none."""
    match = _DOI.search(paper.doi or "")
    return match[0].rstrip(".") if match else None
