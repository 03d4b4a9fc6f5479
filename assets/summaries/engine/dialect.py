"""The forms in which an answer of a given shape can be asked for, best first, and which of them an endpoint takes.

Every form sends the same messages: they describe the shape in words, too, so an endpoint that ignores a form still
knows what to write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMS = ("schema", "tools", "json", "plain")
TOOL = "summary"
TOKENS_PARAMETER = re.compile(r"max_(?:completion_)?tokens")
REJECTED_TEMPERATURE = re.compile(r"temperature", re.IGNORECASE)


class Dialect:
    """What one model at one endpoint understands; learned from rejections and remembered for the run."""

    def __init__(self) -> None:
        self.form = FORMS[0]
        self.tokens_parameter = "max_tokens"
        self.temperature: float | None = 0.2
        self._tokens_changed = False

    def request(
        self, messages: Sequence[Mapping[str, str]], shape: Mapping[str, object], tokens: int
    ) -> dict[str, Any]:
        """The keyword arguments of a chat completion, model left out."""
        arguments: dict[str, Any] = {"messages": list(messages), self.tokens_parameter: tokens}
        if self.temperature is not None:
            arguments["temperature"] = self.temperature
        if self.form == "schema":
            wrapped = {"name": TOOL, "strict": True, "schema": shape}
            arguments["response_format"] = {"type": "json_schema", "json_schema": wrapped}
        elif self.form == "tools":
            function = {"name": TOOL, "description": "Takes the finished summary.", "parameters": shape}
            arguments["tools"] = [{"type": "function", "function": function}]
            arguments["tool_choice"] = {"type": "function", "function": {"name": TOOL}}
        elif self.form == "json":
            arguments["response_format"] = {"type": "json_object"}
        return arguments

    def rejected(self, sent: Mapping[str, Any], reason: str) -> bool:
        """Learns that a request was rejected for its form; False where nothing is left to try.

        `sent` is what `request` gave: the dialect may have changed since, then the request is simply sent again.
        """
        if self._differs(sent):
            return True
        if TOKENS_PARAMETER.search(reason) and not self._tokens_changed:
            self._tokens_changed = True
            self.tokens_parameter = "max_completion_tokens"
            return True
        if REJECTED_TEMPERATURE.search(reason) and self.temperature is not None:
            self.temperature = None
            return True
        if self.form == FORMS[-1]:
            return False
        self.form = FORMS[FORMS.index(self.form) + 1]
        return True

    def _differs(self, sent: Mapping[str, Any]) -> bool:
        kind = (sent.get("response_format") or {}).get("type")
        form = {"json_schema": "schema", "json_object": "json"}.get(str(kind)) or (
            "tools" if "tools" in sent else "plain"
        )
        return (
            form != self.form
            or self.tokens_parameter not in sent
            or ("temperature" in sent) != (self.temperature is not None)
        )
