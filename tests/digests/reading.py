"""What a reader's Markdown viewer makes of a text: elements, links and the words that are seen."""

from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass
class Reading:
    """A Markdown text as a viewer understands it."""

    html: list[str] = field(default_factory=list)
    """Raw HTML that reaches the page: the tags of a line, or a block that starts with one."""
    links: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    """Kinds of the blocks, in order: paragraph, heading, bullet_list, …"""
    marks: set[str] = field(default_factory=set)
    """Kinds of inline marks: em, strong, link, image, s, code_inline."""
    words: str = ""
    """The text that is seen; blocks end with a line break."""
    headings: list[str] = field(default_factory=list)


def read(markdown: str) -> Reading:
    """Parses a text as CommonMark with HTML, GitHub's tables and strikethrough switched on."""
    reading = Reading()
    tokens = _PARSER.parse(markdown)
    for place, token in enumerate(tokens):
        if token.type == "html_block":
            reading.html.append(token.content.strip())
        elif token.type == "inline":
            words = _inline(token, reading)
            reading.words += words + "\n"
            if tokens[place - 1].type == "heading_open":
                reading.headings.append(words)
        elif token.nesting >= 0:
            reading.blocks.append(token.type.removesuffix("_open"))
            reading.words += token.content
    return reading


def _inline(token: Token, reading: Reading) -> str:
    words = ""
    for child in token.children or []:
        if child.type == "html_inline":
            reading.html.append(child.content)
        elif child.type in ("text", "code_inline"):
            words += child.content
        elif child.type in ("softbreak", "hardbreak"):
            words += "\n"
        elif child.type == "link_open":
            reading.links.append(str(child.attrs["href"]))
        elif child.type == "image":
            reading.links.append(str(child.attrs["src"]))
        if child.nesting >= 0 and child.type not in ("text", "softbreak", "html_inline"):
            reading.marks.add(child.type.removesuffix("_open"))
    return words
