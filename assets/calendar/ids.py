"""arXiv's identifiers: the three forms that they have had, and what each form says.

`archive/YYMMNNN` until March 2007, where old texts may add a subject class (`math.GT/0309136`);
`YYMM.NNNN` from April 2007; `YYMM.NNNNN` from January 2015. Any of them may end with a version, `v2`.

Year and month are those of the announcement (since 2007; before, of the submission), and numbers
run through the month: of all of arXiv in the new forms, of one archive in the old one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assets import categories

_PREFIX = r"(?:arxiv:\s*|https?://(?:www\.|export\.)?arxiv\.org/abs/)?"
_VERSION = r"(?:v([1-9]\d{0,3}))?"
_NEW_FORM = re.compile(rf"{_PREFIX}((\d\d)(\d\d)\.(\d{{4,5}})){_VERSION}", re.IGNORECASE | re.ASCII)
_OLD_FORM = re.compile(
    rf"{_PREFIX}([a-z]+(?:-[a-z]+)?)(?:\.[a-z]+(?:-[a-z]+)?)?/((\d\d)(\d\d)(\d{{3}})){_VERSION}",
    re.IGNORECASE | re.ASCII,
)

_FIRST_NEW = (2007, 4)
_FIRST_FIVE_DIGITS = (2015, 1)


@dataclass(frozen=True, slots=True)
class ArxivId:
    """An identifier, taken apart.

    `paper_id` is the form to store and to compare: no prefix, no version, and no subject class.
    """

    paper_id: str
    version: int | None
    year: int
    month: int
    number: int
    archive: str | None
    """The archive of an identifier of the old form; None in the new ones, which have one sequence for all."""

    @property
    def order(self) -> tuple[int, int, str, int]:
        """Sort key: by month, then, within an archive's sequence, in the order in which ids were handed out."""
        return (self.year, self.month, self.archive or "", self.number)


def parse_id(text: str) -> ArxivId | None:
    """An identifier as sources write it; None where the text is not exactly one.

    Takes every form, with or without `arXiv:` or the address of the abstract page before it and a
    version behind it. A form that its month did not know is no identifier: 2601.1234 lacks a digit.
    """
    text = text.strip()
    archive = None
    if match := _NEW_FORM.fullmatch(text):
        paper_id, yy, mm, digits, version = match.groups()
        year, month = 2000 + int(yy), int(mm)
        if (year, month) < _FIRST_NEW or len(digits) != (5 if (year, month) >= _FIRST_FIVE_DIGITS else 4):
            return None
    elif match := _OLD_FORM.fullmatch(text):
        archive, digits_of_all, yy, mm, digits, version = match.groups()
        archive = archive.lower()
        year, month = (1900 if yy > "90" else 2000) + int(yy), int(mm)
        if (year, month) >= _FIRST_NEW or archive not in categories.archives():
            return None
        paper_id = f"{archive}/{digits_of_all}"
    else:
        return None
    number = int(digits)
    if not 1 <= month <= 12 or number == 0:
        return None
    return ArxivId(paper_id, int(version) if version else None, year, month, number, archive)
