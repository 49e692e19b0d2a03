"""Line: one line of a body with what its form says about quoting. Made from plain text here, from HTML in `html`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LOOKED_AT = 500  # characters of a line that any rule looks at

_PREFIX = re.compile(r"[ \t]{0,2}(?:>[ \t]?)+")
_WEAK = re.compile(r"[ \t]{0,3}(?:\|[ \t]|[|»][ \t]?$|» |[A-Z]{1,4}>[ \t]?)")
_WEAK_FIRST = frozenset(" |»ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


class Line(NamedTuple):
    """`raw` is the line as shown; `text` what its rules look at: no quote prefix, no invisible letters, cut short.

    `depth` counts quote prefixes (">") or quoting elements round it; `weak` says that it is set off like a quote but
    might be none (an indented block, "| ", initials); `mark` is "rest" where the markup says that an earlier message
    begins here, "block" where it draws the line that Outlook draws above one.
    """

    raw: str
    text: str
    depth: int = 0
    weak: bool = False
    mark: str = ""


_EMPTY = Line("", "")


def of_text(text: str) -> list[Line]:
    """The lines of a plain body. Linear in its length; any line end counts."""
    return [_line(raw) for raw in _split(text)]


def seen(raw: str) -> str:
    """What of a line the eye sees: no bidirectional marks and zero-width letters, plain spaces, at most 500 letters."""
    if raw.isascii():
        return raw[:LOOKED_AT].strip()
    return _UNSEEN.sub("", raw[:LOOKED_AT]).replace("\u00a0", " ").replace("\u202f", " ").strip()


def _split(text: str) -> Iterator[str]:
    return iter(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _line(raw: str) -> Line:
    if not raw:
        return _EMPTY
    if ">" in raw[:3] and (match := _PREFIX.match(raw, 0, LOOKED_AT)):
        return Line(raw, seen(raw[match.end() :]), match.group().count(">"))
    if raw[0] in _WEAK_FIRST and (weak := _WEAK.match(raw)):
        return Line(raw, seen(raw[weak.end() :]), 0, weak=True)
    return Line(raw, seen(raw))
