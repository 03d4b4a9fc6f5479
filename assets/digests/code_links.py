"""Addresses of code, data and project pages that authors name in a comment or an abstract.

An address counts where it leads to a place that is known to hold code or data, or where the words before it say
that it does ("code: …", "our implementation is available at …"). Only http and https, with a host that is a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, quote, urlsplit

LONGEST = 300
"""Characters of an address; what is longer is no address that anyone would type."""

_HOSTS = (
    *("github.com", "gist.github.com", "github.io", "gitlab.com", "gitlab.io", "huggingface.co", "hf.co", "zenodo.org"),
    *("bitbucket.org", "codeberg.org", "codeberg.page", "sr.ht", "gitee.com", "sourceforge.net", "osf.io"),
    *("figshare.com", "kaggle.com", "colab.research.google.com", "codeocean.com"),
    *("anonymous.4open.science", "modelscope.cn", "sites.google.com", "paperswithcode.com", "swh.sourceforge.net"),
    *("archive.softwareheritage.org", "datadryad.org", "dataverse.harvard.edu", "openml.org", "replicate.com"),
)
"""Hosts that hold code, data or project pages; a name stands for those below it, too."""

_PAGES = ("github.io", "gitlab.io", "codeberg.page")
"""Hosts whose subdomains are whole pages: an address without a path is one."""

_SEGMENTS = {"github.com": 2, "gitlab.com": 2, "bitbucket.org": 2, "codeberg.org": 2, "gitee.com": 2}
"""Parts of a path that name a repository; one part names its owner."""

_WORDS = re.compile(
    r"\b(?:codes?|source|software|implementations?|repositor(?:y|ies)|repo|packages?|toolbox|librar(?:y|ies)|scripts?|"
    r"notebooks?|data|datasets?|benchmarks?|models?|weights|checkpoints?|demos?|project|web(?:site|page)|"
    r"homepage|page|supplementary|open[- ]sourced?)\b[^.]{0,80}$",
    re.IGNORECASE,
)
_CHARACTERS = r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]"
_KNOWN = "|".join(re.escape(host) for host in _HOSTS)
_ADDRESS = re.compile(
    rf"(?:(?<![A-Za-z0-9])https?://{_CHARACTERS}+"
    r"|(?<![\w/])10\.5281/zenodo\.\d+"
    rf"|(?<![\w@./:-])(?:www\.|(?:[A-Za-z0-9-]+\.)*(?:{_KNOWN}))(?=[/.]|\b){_CHARACTERS}*)",
    re.IGNORECASE,
)
_SCHEME_APART = re.compile(r"\b(https?)\s*:\s*/\s*/\s*(?=[A-Za-z0-9])", re.IGNORECASE)
_TEX_COMMAND = re.compile(
    r"\\(?:url|href|path|nolinkurl|texttt)\s*\{|\\(?=[_#%&~$])|(?:\$\\sim\$|\\textasciitilde(?:\{\})?)"
)
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TRAILING = ".,;:!?'\"*_~`"
_BRACKETS = {")": "(", "]": "["}
_NEXT_PIECE = re.compile(r"\s([A-Za-z0-9][A-Za-z0-9._/-]*)")
_LOOKS_LIKE_A_NAME = re.compile(r"[A-Z0-9_/-]")
_HOST_NAME = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}", re.ASCII)


def code_links(texts: Iterable[str | None]) -> tuple[str, ...]:
    """The addresses in the texts, in their order, each once; an address without a scheme gets https."""
    found: dict[str, str] = {}
    for text in texts:
        if text and ("/" in text or "." in text):
            for address in _addresses(text):
                found.setdefault(_same(address), address)
    return tuple(found.values())


def destination(address: str) -> str:
    """The address as the destination of a link: nothing in it ends one; `&` is for the page to escape."""
    return _BARE_PERCENT.sub("%25", quote(address, safe="/:?#@!$&*+,;=%~-._"))


def shown(address: str) -> str:
    """The address as a reader sees it: without scheme, "www." and what repeats."""
    return re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/")


def _addresses(text: str) -> Iterable[str]:
    text = _SCHEME_APART.sub(lambda match: f"{match[1].lower()}://", _TEX_COMMAND.sub(_read_tex, text))
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match[0])
        if not address.lower().startswith(("http://", "https://")):
            address = f"https://doi.org/{address}" if address.startswith("10.") else f"https://{address}"
        address = _joined(address, text[match.end() :]) if _trimmed(match[0]) == match[0] else address
        parts = _parts(address)
        if parts is None or len(address) > LONGEST:
            continue
        host = parts.hostname or ""
        if _holds_code(host, parts.path) or (not _is_paper(host) and _WORDS.search(text[: match.start()])):
            yield parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower()).geturl()


def _read_tex(match: re.Match[str]) -> str:
    r"""`\url{` and `\href{` open an address, `\_` is a sign of one, `$\sim$` a tilde."""
    if match[0].endswith("{"):
        return " "
    return "~" if len(match[0]) > 1 else ""


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it; a bracket stays where its partner is in the address."""
    while address:
        last = address[-1]
        opener = _BRACKETS.get(last)
        if last in _TRAILING or (opener and address.count(last) > address.count(opener)) or last in "([":
            address = address[:-1]
        else:
            break
    return address


def _joined(address: str, rest: str) -> str:
    """An address that a line break cut behind a slash, put together where what follows looks like a name."""
    parts = _parts(address)
    if parts is None or not address.endswith("/"):
        return address
    wanted = _SEGMENTS.get(parts.hostname or "")
    while wanted and len(_segments(parts.path)) < wanted and address.endswith("/"):
        following = _NEXT_PIECE.match(rest)
        if following is None or not (_LOOKS_LIKE_A_NAME.search(following[1]) or not _segments(parts.path)):
            break
        address += following[1]
        rest = rest[following.end() :]
        parts = urlsplit(address)
    return _trimmed(address)


def _parts(address: str) -> SplitResult | None:
    """An address taken apart; None where it is none that may be linked."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme.lower() not in ("http", "https") or "@" in parts.netloc or not _HOST_NAME.fullmatch(host):
        return None
    return parts if port is None or port > 0 else None


def _holds_code(host: str, path: str) -> bool:
    if host in ("doi.org", "dx.doi.org"):
        return "zenodo" in path.lower()
    if host.startswith("gitlab.") or host.endswith(_PAGES):
        return bool(_segments(path)) or host.endswith(_PAGES)
    known = any(host == name or host.endswith(f".{name}") for name in _HOSTS)
    return known and bool(_segments(path))


def _is_paper(host: str) -> bool:
    """Whether the host holds papers: what is said there of code is said of the paper's own page."""
    return host.endswith(("arxiv.org", "doi.org", "creativecommons.org"))


def _segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _same(address: str) -> str:
    """What two spellings of an address have in common."""
    return re.sub(r"^https?://(?:www\.)?", "", address).rstrip("/").removesuffix(".git").casefold()
