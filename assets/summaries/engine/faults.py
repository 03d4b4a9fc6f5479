"""Every way in which a request can fail, and what it means for the paper and the day.

- TRANSIENT: the same request may succeed later (429, 5xx, time-outs, broken connections, a body that is no answer).
- PAPER: this paper cannot be done by this model (refusal, content filter, too long); the cascade goes on.
- PERMANENT: no request will succeed until a person acts (quota, key, unknown model); the day stops.

What is wrong with an answer that came is no fault of its request: `answers` mends it or names the fields that are bad,
and `paper` asks for those again.

Texts of servers are shown only after `scrubbed` took the secrets out.
"""

from __future__ import annotations

import email.utils
import re
import time
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(Enum):
    """What a fault means; see the module."""

    TRANSIENT = "transient"
    PAPER = "paper"
    PERMANENT = "permanent"


class Fault(Exception):  # noqa: N818 - it is raised and judged, not shown
    """A request that brought nothing usable; its text is a clause without secrets."""

    def __init__(
        self,
        kind: Kind,
        reason: str,
        *,
        limited: bool = False,
        wait: float | None = None,
        form: bool = False,
        timed_out: bool = False,
    ) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.limited = limited
        """A rate limit: it costs the paper no attempt."""
        self.wait = wait
        """Seconds that the server asks to wait."""
        self.form = form
        """The server rejects the form of the request, not what it asks."""
        self.timed_out = timed_out


QUOTA = re.compile(
    r"insufficient[_ ](?:quota|balance|funds|credits?)|billing|exceeded your current quota|credit balance"
    r"|payment required|quota[_ ](?:exceeded|exhausted)"
    r"|account[_ ](?:deactivated|suspended|disabled)|access_terminated",
    re.IGNORECASE,
)
PER_MINUTE = re.compile(
    r"per[_ -]?(?:minute|second|min\b)|RESOURCE_EXHAUSTED|retry (?:in|after)|retryDelay|\b[RT]PM\b", re.IGNORECASE
)
UNKNOWN_MODEL = re.compile(
    r"model_not_found|model\b.{0,80}\b(?:not found|does not exist|not exist|unknown"
    r"|is not (?:available|supported|loaded))"
    r"|(?:unknown|invalid|no such|unsupported) model|try pulling it",
    re.IGNORECASE | re.DOTALL,
)
FORM = re.compile(
    r"response_format|json_schema|json_object|json[ _]mode|structured[ _]output|tool_choice|\btools?\b|function[ _]call"
    r"|grammar|guided|max_(?:completion_)?tokens|temperature",
    re.IGNORECASE,
)
OF_THE_PAPER = re.compile(
    r"context[_ ](?:length|window)|maximum context|too (?:long|many tokens)|string_above_max_length"
    r"|exceeds? the (?:available )?context|content[_ ](?:filter|policy|management)"
    r"|moderation|safety|data_inspection|flagged|inappropriate",
    re.IGNORECASE,
)
SECRETS = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|AIza|hf|key)[-_][A-Za-z0-9_*.\-]{6,}|\bAIza[\w-]{10,}|(?i:bearer)\s+\S+|(?<=://)[^/\s@]+@"
    r"|(?i:(?<=key=)|(?<=token=)|(?<=key: )|(?<=key provided: ))[^\s&,]+"
)
LONGEST_MESSAGE = 200
WORD = re.compile(r"\w+")
REPEATED_WORDS = 4
"""Words in a row by which a server's message is known to repeat what it was sent."""
QUOTED = re.compile(r"(?<!\w)['\"`“‘](?:(?!['\"`”’](?!\w)).)*(?:['\"`”’]|\Z)", re.DOTALL)
"""One of as many words is no name of a model, and no word of the server's own."""


def scrubbed(text: str, secrets: tuple[str, ...] = ()) -> str:
    """A server's text on one line, cut, with the given secrets and whatever looks like one replaced by ***."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "***")
    text = " ".join(SECRETS.sub("***", text).split())
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def fault_of_status(
    status: int,
    code: str | None,
    message: str,
    headers: Mapping[str, str],
    *,
    secrets: tuple[str, ...] = (),
    sent: str = "",
) -> Fault:
    """The fault that an HTTP answer with an error status stands for.

    `code` and `message` are those of the body's error object, "" or None where it has none. `sent` is the text of the
    request: what a message repeats of it says nothing about the endpoint.
    """
    told = f"{code or ''} {_own_words(message, sent)}"
    shown = scrubbed(message or code or "no explanation", secrets)
    reason = f"HTTP {status}: {shown}"
    spent = QUOTA.search(told) and not (status == 429 and code != "insufficient_quota" and _passes(told, headers))
    if status == 402 or (status in (400, 403, 429) and spent):
        return Fault(Kind.PERMANENT, f"the endpoint's quota is used up ({reason})")
    if status == 401 or code == "invalid_api_key":
        return Fault(Kind.PERMANENT, f"the endpoint does not accept the API key ({reason})")
    if status in (400, 404, 422) and UNKNOWN_MODEL.search(told):
        return Fault(Kind.PERMANENT, f"the endpoint does not know the model ({reason})")
    if status in (400, 403, 422) and OF_THE_PAPER.search(told):
        return Fault(Kind.PAPER, f"the endpoint refuses this abstract ({reason})")
    if status == 403:
        return Fault(Kind.PERMANENT, f"the endpoint does not permit the request ({reason})")
    if status == 429:
        return Fault(Kind.TRANSIENT, reason, limited=True, wait=retry_after(headers))
    if status in (400, 404, 405, 415, 422, 501):
        if FORM.search(told) or status == 501:
            return Fault(Kind.TRANSIENT, reason, form=True)
        if status in (404, 405):
            return Fault(Kind.PERMANENT, f"there is no chat completion endpoint at the address ({reason})")
        return Fault(Kind.PAPER, f"the endpoint refuses the request ({reason})")
    if status == 413:
        return Fault(Kind.PAPER, f"the abstract is too long for the endpoint ({reason})")
    if status in (408, 409, 425) or status >= 500:
        return Fault(Kind.TRANSIENT, reason, wait=retry_after(headers) if status == 503 else None)
    return Fault(Kind.PERMANENT, f"the endpoint answered what no client expects ({reason})")


def _own_words(message: str, sent: str) -> str:
    """A server's message without the text that it was sent, and without long quotations, which hold the same."""
    message = QUOTED.sub(lambda quoted: quoted[0] if len(WORD.findall(quoted[0])) < REPEATED_WORDS else " ", message)
    given = f" {' '.join(WORD.findall(sent.lower()))} "
    words = list(WORD.finditer(message))
    kept = list(message)
    for run in zip(*(words[first:] for first in range(REPEATED_WORDS)), strict=False):
        if f" {' '.join(word[0].lower() for word in run)} " in given:
            kept[run[0].start() : run[-1].end()] = " " * (run[-1].end() - run[0].start())
    return "".join(kept)


def _passes(told: str, headers: Mapping[str, str]) -> bool:
    """Whether a refusal that speaks of a quota means one of the minute, as some endpoints call their rate limit."""
    return PER_MINUTE.search(told) is not None or retry_after(headers) is not None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (seconds or a date); None where there is neither."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) * unit)
        except ValueError:
            pass
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError):
            continue
    return None


DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)?")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}


def duration(text: str) -> float | None:
    """Seconds of "6m0s", "20ms", "1.5s" or "12"; None for anything else."""
    parts = DURATION.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        return None
    return sum(float(number) * UNITS[unit] for number, unit in parts)
