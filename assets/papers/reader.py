"""Reads TeX's commands, groups and dollars: the pass behind `tex.to_text`."""

import re

from assets.papers import commands, dollars, macros

DROPPED = "\x00"
"""Stands where a citation was, until the space before it is gone too; folded text cannot hold it."""

_TOKEN = re.compile(r"[\\${}_^]")
_COMMAND = re.compile(r"\\([A-Za-z]+\*?|[\s\S]?)")
_BARE_ARGUMENT = re.compile(r"\s?(?:\\[A-Za-z]+|[A-Za-z0-9])")
_DEGREES = re.compile(r"\^\\circ(?![A-Za-z])")
_BRACE = re.compile(r"\\[\s\S]|[{}]")
_DECLARATION = re.compile(r"\s*\\([A-Za-z]+)")
_OPTION = re.compile(r"\s*\[[^\[\]]*\]")
_LINE_BREAK_OPTION = re.compile(r"\*?\s?\[[-\d.]+\s?(?:pt|mm|cm|em|ex|in)\]")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{4}")
_GREEK_AFTER_LETTER = re.compile(r"\{\\([lLoO])\}(ambda|mega)(?![a-z])")
_TEXT_IN_MATH = re.compile(r"\\(?:text\w*|mbox|hbox|tag|footnote)\b")
_DEEPEST = 30


class Reader:
    """One pass over a text, by ranges of its positions, so that braces are matched only once."""

    def __init__(self, text: str) -> None:
        if "}ambda" in text or "}mega" in text:
            # An old conversion of Greek letters: it wrote λ as the Polish letter and "ambda".
            text = _GREEK_AFTER_LETTER.sub(r"\\\1\2", text)
        self.text = text
        self.partner: dict[int, int] = {}
        if "{" in text:
            opened: list[int] = []
            for match in _BRACE.finditer(text):
                if match[0] == "{":
                    opened.append(match.start())
                elif match[0] == "}" and opened:
                    self.partner[opened.pop()] = match.start()

    def whole(self) -> str:
        """The text of all of it."""
        return self.read(0, len(self.text), 0)

    def read(self, start: int, end: int, depth: int) -> str:
        """The text of the range."""
        out: list[str] = []
        text, position = self.text, start
        while match := _TOKEN.search(text, position, end):
            at, token = match.start(), match[0]
            if at > position:
                out.append(text[position:at])
            if token == "$":
                position = self._dollar(at, end, out)
            elif token == "\\":
                position = self._command(at, end, out, depth)
            elif token == "{":
                position = self._group(at, end, out, depth)
            elif token == "}":
                position = at + 1
            else:
                position = self._script(at, end, out, depth)
        out.append(text[position:end])
        return "".join(out)

    def _dollar(self, at: int, end: int, out: list[str]) -> int:
        text = self.text
        if text[at + 1 : at + 2] == "$" and at + 1 < end:
            close = text.find("$$", at + 2, end)
            content = text[at + 2 : max(close, at + 2)]
            plain = dollars.closing(content, 0, len(content)) < 0
            if content and (plain or (_TEXT_IN_MATH.search(content) and content.count("{") == content.count("}"))):
                out.append(dollars.mathematics(content, explicit=True))
                return close + 2
            out.append("\\$")
            return at + 1
        close = dollars.closing(text, at + 1, end)
        content = text[at + 1 : close] if close >= 0 else text[at + 1 : end]
        parenthesis = dollars.closing_parenthesis(content)
        if parenthesis >= 0 and not dollars.is_prose(content[:parenthesis]):
            out.append(dollars.mathematics(content[:parenthesis]))
            return at + 1 + parenthesis + 2
        if close < 0:
            out.append("\\$")
            return at + 1
        if content.count("{") > content.count("}") and _TEXT_IN_MATH.search(content):
            outer = self._outer_dollar(at + 1, close, end)
            if outer > 0:
                out.append(dollars.mathematics(text[at + 1 : outer], explicit=True))
                return outer + 1
        if dollars.is_prose(content) or dollars.is_money(content, text[close + 1 : close + 2]):
            out.append("\\$")
            return at + 1
        out.append(dollars.mathematics(content) or " ")
        return close + 1

    def _outer_dollar(self, start: int, close: int, end: int) -> int:
        """The closing dollar of mathematics with dollars inside a `\\text{…}`; -1 where there is none."""
        for _ in range(8):
            close = dollars.closing(self.text, close + 1, end)
            if close < 0:
                return -1
            content = self.text[start:close]
            if content.count("{") == content.count("}"):
                return close
        return -1

    def _group(self, at: int, end: int, out: list[str], depth: int) -> int:
        close = self.partner.get(at, end)
        if close >= end:
            return at + 1
        declaration = _DECLARATION.match(self.text, at + 1, close)
        inner = self.inner(at + 1, close, depth)
        if declaration and declaration[1] in macros.DECLARATIONS:
            out.append(inner)
        else:
            out.append(_braced(inner, _last(out)))
        return close + 1

    def inner(self, start: int, end: int, depth: int) -> str:
        if depth >= _DEEPEST:
            return re.sub(r"[\\{}$]", "", self.text[start:end])
        return self.read(start, end, depth + 1)

    def _script(self, at: int, end: int, out: list[str], depth: int) -> int:
        kind, close = self.text[at], self.partner.get(at + 1, end)
        if close >= end:
            degrees = _DEGREES.match(self.text, at, end)
            out.append("°" if degrees else kind)
            return degrees.end() if degrees else at + 1
        content = self.text[at + 2 : close]
        character = "°" if content == "\\circ" else macros.script(kind, content)
        if character is not None:
            out.append(character)
        elif not content.strip():
            pass
        elif "$" in content:
            out.append(self.inner(at + 2, close, depth))
        else:
            out.append(dollars.mathematics(f"{kind}{{{content}}}", explicit=True))
        return close + 1

    def argument(self, position: int, end: int) -> tuple[int, int] | None:
        """Range within the braces that follow; None where no group follows."""
        text = self.text
        while position < end and text[position] == " ":
            position += 1
        if position < end and text[position] == "{":
            close = self.partner.get(position, end)
            if close < end:
                return position + 1, close
        return None

    def _command(self, at: int, end: int, out: list[str], depth: int) -> int:
        match = _COMMAND.match(self.text, at, end)
        name = match[1] if match else ""
        if not match or not name:
            return at + 1
        if name[0].isascii() and name[0].isalpha():
            return self._word(name, match.end(), end, out, depth)
        return self._sign(name, match.end(), end, out, depth)

    def _sign(self, sign: str, position: int, end: int, out: list[str], depth: int) -> int:
        """A command of one character that is no letter."""
        text = self.text
        if sign == "$":
            close = text.find("\\$", position, end)
            if close >= 0 and dollars.is_escaped_mathematics(text[position:close]):
                out.append(dollars.mathematics(text[position:close], explicit=True))
                return close + 2
            out.append("\\$")
        elif sign in "([":
            close = text.find("\\)" if sign == "(" else "\\]", position, end)
            content = text[position:close] if close >= 0 else ""
            if close < 0 or "$" in content or (dollars.is_prose(content) and not re.search(r"[\\^_=<>]", content)):
                out.append(sign)
                return position
            out.append(dollars.mathematics(content, explicit=True))
            return close + 2
        elif sign == "{":
            close = text.find("\\}", position, end)
            if close < 0:
                out.append("$\\{$")
                return position
            inner = self.inner(position, close, depth)
            braced = _braced(inner, _last(out))
            out.append(braced if braced != inner else "$\\{$" + inner + "$\\}$")
            return close + 2
        elif sign == "}":
            out.append("$\\}$")
        elif sign == "\\":
            out.append(" ")
            option = _LINE_BREAK_OPTION.match(text, position, end)
            return option.end() if option else position
        elif sign in macros.ACCENTS:
            return commands.accent(self, sign, position, end, out, depth)
        elif sign == "-":
            before, after = _last(out), text[position : position + 1]
            out.append("" if before.islower() and after.islower() else "-")
        elif sign == "|":
            out.append("‖")
        elif sign in macros.SPACING:
            out.append(" ")
        elif sign not in "!/@":
            out.append(sign)
        return position

    def _word(self, name: str, position: int, end: int, out: list[str], depth: int) -> int:
        """A command of letters."""
        text = self.text
        if (name in macros.ACCENTS and name != "t") or (name == "t" and text[position : position + 1] == "{"):
            if name == "u" and (code := _HEXADECIMAL.match(text, position, end)):
                character = chr(int(code[0], 16))
                out.append(character if character.isprintable() else "")
                return code.end()
            return commands.accent(self, name, position, end, out, depth)
        if name in macros.DROPPED or name in macros.CITED_IN_TEXT:
            return self._dropped(name, position, end, out)
        if name in ("begin", "end"):
            return commands.environment(self, name, position, end, out)
        if name in macros.MATH_ARGUMENTS:
            stop = self.arguments_end(position, end, macros.MATH_ARGUMENTS[name])
            if stop == position and macros.MATH_ARGUMENTS[name] == 1:
                bare = _BARE_ARGUMENT.match(text, position, end)
                stop = bare.end() if bare else position
            if stop > position and "$" not in text[position:stop]:
                out.append(dollars.mathematics("\\" + name + text[position:stop], explicit=True))
                return stop
        argument = self.argument(position, end)
        special = commands.SPECIAL.get(name)
        if special:
            return special(self, position, end, out, depth)
        if name in macros.symbols() and (argument is None or argument[0] == argument[1] or name in macros.LETTERS):
            return self._symbol(name, position, end, out)
        if argument is None or argument[0] == argument[1]:
            if name in macros.DECLARATIONS or name in macros.UNWRAP:
                out.append(
                    " "
                    if text[position : position + 1] == " " and _last(out).strip() and _last(out) not in "([{"
                    else ""
                )
                return argument[1] + 1 if argument else position + (text[position : position + 1] == " ")
            out.append(name.rstrip("*"))
            return argument[1] + 1 if argument else position
        out.append(self.inner(*argument, depth))
        return argument[1] + 1

    def _symbol(self, name: str, position: int, end: int, out: list[str]) -> int:
        out.append(macros.symbols()[name])
        text = self.text
        if text.startswith("{}", position) and position + 2 <= end:
            return position + 2
        if (
            name in macros.LETTERS
            and text[position : position + 1] == " "
            and text[position + 1 : position + 2].islower()
        ):
            # Inside a word ("Bj\\o rn"), or a capital at its beginning ("\\O rsted").
            return position + ((len(out) > 1 and out[-2][-1:].isalpha()) or name[0].isupper())
        return position

    def arguments_end(self, position: int, end: int, count: int) -> int:
        """End of so many groups in braces; the position itself where one is missing."""
        start = position
        for _ in range(count):
            while option := _OPTION.match(self.text, position, end):
                position = option.end()
            argument = self.argument(position, end)
            if argument is None:
                return start
            position = argument[1] + 1
        return position

    def _dropped(self, name: str, position: int, end: int, out: list[str]) -> int:
        if self.text[position : position + 1] == "*":
            position += 1
        if name in macros.CITED_IN_TEXT:
            out.append("[…]")
        elif name in macros.REFERENCES:
            out.append(DROPPED)
        elif "space" in name:
            out.append(" ")
        return max(position, self.arguments_end(position, end, macros.DROPPED.get(name, 1)))


def _last(out: list[str]) -> str:
    """The last character written, "" at the beginning."""
    for piece in reversed(out):
        if piece:
            return piece[-1]
    return ""


def _braced(inner: str, before: str) -> str:
    """A group as text: with its braces where they look meant (a set, a list), without where they only group."""
    if "," not in inner or before in ("_", "^") or len(inner) > 200:
        return inner
    items = re.split("[,;]", inner)
    meant = all(len(item.split()) <= 3 for item in items) and any(character.isalnum() for character in inner)
    return "{" + inner + "}" if meant and items[0].strip() else inner
