"""Author strings as lists of names.

arXiv's author field is one string: "A. Author (MIT), B. Author Jr. and C. Author (1 and 2) for the
X Collaboration ((1) …, (2) …)". Affiliations are dropped, collaborations are authors, and what the
source has already parsed (`authors_parsed`) is believed where it is sound.
"""

import re

from assets.papers.tex import to_text
from assets.papers.text import fold

_SEPARATORS = re.compile(r"[,;]|\s(?:and(?!\s+\S+\s+collaborations\b)|\\?&)(?=\s)|(?<=[a-z]):(?=\s|$)", re.IGNORECASE)
_OTHER_THAN_COMMA = (";", " and", " And", " AND", "&", ":", "{")
_BRACKETS = re.compile(r"\\.|[(){}]")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|II|III|IV|Ph\.?D\.?|M\.?D\.?", re.IGNORECASE)
_AT_THE_EDGES = re.compile(r"^(?:and|with)(?:\s+|$)|\s+and$|\s*\bet\.?\s+al\.?$", re.IGNORECASE)
_GROUP = r"(?:collaborations?|consortium|consortia|working group|task force)"
_ON_BEHALF = re.compile(
    rf"(?:^|\s+)(?:for|on behalf of|representing|from)\s+(?:the\s+)?((?:\S+\s+)*?\S*\s*{_GROUP})\b.*$", re.IGNORECASE
)
_IN_PARENTHESES = re.compile(rf"^(?:(?:for|on behalf of)\s+)?(?:the\s+)?([^,;()]{{1,80}}?\s{_GROUP})$", re.IGNORECASE)
_MARKS = re.compile(r"\$[^$]*\$|[*∗†‡§¶#]+$|^[\s.,:;·•-]+(?=\w)")
_PLAIN = re.compile(r"[^\W\d_][^\\${}~`*∗†‡§¶#&<>]*")
_INITIALS_APART = re.compile(r"(?<=[A-Z]\.) -(?=[A-Z]\.)")


def split_names(authors: str) -> list[str]:
    """The folded author string as names in TeX form, collaborations that authors speak for at the end.

    "D. Peressounko (for the PHENIX Collaboration)" → ["D. Peressounko", "PHENIX Collaboration"].
    """
    outside, groups = _without_affiliations(authors)
    names: list[str] = []
    for piece in _pieces(outside):
        name = _tidied(piece, groups)
        if names and _SUFFIX.fullmatch(name):
            names[-1] += " " + name
        elif name:
            names.append(name)
    return names + _absent(groups, names)


def author_lists(authors: str | None, parsed: object) -> tuple[list[str], list[str]]:
    """Names in letters and the same names in TeX form, in the same order and number.

    `authors` is the folded author string, `parsed` the snapshot's `authors_parsed`
    ([[last, first, suffix, …], …]), which wins where it is sound. Both lists are empty where
    neither holds a name.
    """
    given = split_names(authors) if authors else []
    known = _sound(parsed)
    names_tex = given
    if known:
        known = _with_collaborations(known, given)
        names_tex = given if len(given) == len(known) else known
    names = known or given
    pairs = [(name_in_letters(name), tex) for name, tex in zip(names, names_tex, strict=True)]
    return [name for name, _ in pairs if name], [tex for name, tex in pairs if name]


def name_in_letters(name: str) -> str:
    """A name without TeX, affiliation marks and leading punctuation; "" where no letter is left."""
    if not _PLAIN.fullmatch(name) or "--" in name:
        name = fold(_MARKS.sub("", to_text(fold(name), ties=False)).replace("\\$", ""))
    return name if name[:1].isalpha() or any(map(str.isalpha, name)) else ""


def _without_affiliations(authors: str) -> tuple[str, list[str]]:
    """The string without what stands in parentheses, and the collaborations that were named there."""
    if "(" not in authors:
        return authors, []
    outside: list[str] = []
    groups: list[str] = []
    depth = start = 0
    for match in _BRACKETS.finditer(authors):
        if match[0] == "(":
            if depth == 0:
                outside.append(authors[start : match.start()])
                start = match.end()
            depth += 1
        elif match[0] == ")" and depth:
            depth -= 1
            if depth == 0:
                if group := _IN_PARENTHESES.match(authors[start : match.start()].strip()):
                    groups.append(group[1])
                start = match.end()
    if depth == 0:  # a parenthesis that never closes holds affiliations up to the end
        outside.append(authors[start:])
    return " ".join(outside), groups


def _pieces(text: str) -> list[str]:
    """The text cut at commas, semicolons and "and", but not within braces."""
    if not any(sign in text for sign in _OTHER_THAN_COMMA):
        return text.split(",")
    if "{" not in text:
        return _SEPARATORS.split(text)
    braces: list[tuple[int, int]] = []
    depth = start = 0
    for match in _BRACKETS.finditer(text):
        if match[0] == "{":
            start = match.start() if depth == 0 else start
            depth += 1
        elif match[0] == "}" and depth:
            depth -= 1
            if depth == 0:
                braces.append((start, match.end()))
    pieces, begin = [], 0
    for match in _SEPARATORS.finditer(text):
        if not any(low < match.start() < high for low, high in braces):
            pieces.append(text[begin : match.start()])
            begin = match.end()
    return [*pieces, text[begin:]]


def _sound(parsed: object) -> list[str]:
    """The names of `authors_parsed` as "First Last Suffix"; [] where it is empty or not as it should be."""
    if not isinstance(parsed, list):
        return []
    names: list[str] = []
    for entry in parsed:
        if not isinstance(entry, list) or not entry:
            return []
        last, *rest = entry[:3]
        try:
            name = fold(" ".join((*rest[:1], last, *rest[1:])))
        except TypeError:  # a part is no text
            return []
        if name:
            names.append(name)
    return names


def _with_collaborations(known: list[str], given: list[str]) -> list[str]:
    """The parsed names, tidied like the others, and the collaborations that only the string names."""
    groups: list[str] = []
    names = [name for name in (_tidied(name, groups) for name in known) if name]
    if given and re.search(_GROUP + "$", given[-1], re.IGNORECASE):
        groups.append(given[-1])
    return names + _absent(groups, names)


def _tidied(name: str, groups: list[str]) -> str:
    """The name without "and" and "et al." at its ends; "" where no letter is left.

    A collaboration that it speaks for ("S. Reito for the NUMEN collaboration") goes to `groups`.
    """
    name = name.strip(" ,;")
    if "and" in name or "et" in name or "And" in name or "ith " in name:
        name = _AT_THE_EDGES.sub("", _AT_THE_EDGES.sub("", name)).strip()
    if (" for " in f" {name} " or "behalf" in name or " from " in name) and (behalf := _ON_BEHALF.search(name)):
        groups.append(behalf[1].strip())
        name = name[: behalf.start()].strip()
    if " -" in name:
        name = _INITIALS_APART.sub("-", name)
    return name if name[:1].isalpha() or any(map(str.isalpha, name)) else ""


def _absent(groups: list[str], names: list[str]) -> list[str]:
    """The collaborations that are not among the names yet, each once."""
    if not groups:
        return []
    seen = {_key(name) for name in names}
    return [group for group in groups if not (_key(group) in seen or seen.add(_key(group)))]  # type: ignore[func-returns-value]


def _key(name: str) -> str:
    return re.sub(r"^the\s+", "", name.strip(), flags=re.IGNORECASE).lower()
