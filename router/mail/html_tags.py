"""HTML by its tags alone: is a document nested without reason, and what does it say if so.

The parser's time and memory grow with the square of the depth, so that this is asked before it is let loose.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from router.mail.html_page import GONE, SPACE
from router.mail.lines import Line, seen

MAX_DEPTH: Final = 2_000  # open elements at one time
MAX_REOPENED: Final = 200_000  # style elements opened again

_LINE_TAGS: Final = (
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
LINE_TAGS: Final = frozenset(_LINE_TAGS.split())
"""Elements that begin and end a line."""

_STYLES: Final = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
_SHALLOW_TAGS: Final = "p br img hr input meta link col wbr area base embed source track li td th tr o:p"
_SHALLOW: Final = frozenset(_SHALLOW_TAGS.split())


def too_deep(html: str) -> bool:
    """Whether more elements are open at one time than any real mail has, or so many styles that the parser, which
    opens each again in every paragraph (HTML standard, "reconstruct the active formatting elements"), makes millions.
    """
    if html.count("<") < 300:
        return False
    counts: dict[str, int] = {}
    total = styles = cost = 0
    for match in _TAG.finditer(html):
        tag = match.group(2).lower()
        if tag not in _STYLES:
            cost += styles
            if cost > MAX_REOPENED:
                return True
        if tag in _SHALLOW:
            continue
        held = counts.get(tag, 0)
        step = 1 if not match.group(1) else -1 if held else 0
        counts[tag] = held + step
        total += step
        styles += step if tag in _STYLES else 0
        if total > MAX_DEPTH:
            return True
    return False


_TOKEN: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})[^<>]{0,5000}>|<!--")
_SILENT: Final = frozenset({"style", "script", "head", "template", "title"})


def lines_of_tags(html: str) -> list[Line]:
    """The lines of a document that is nested too deep for its tree to be of use: one pass over its tags."""
    parts: list[str] = []
    at = 0
    until = ""  # the element whose end is awaited
    for match in _TOKEN.finditer(html):
        if match.start() < at:
            continue  # within a comment
        if not until:
            parts.append(html[at : match.start()])
        at = match.end()
        if match.group(2) is None:
            end = html.find("-->", match.start())
            if end < 0:
                at = len(html)
                break
            at = end + 3
            continue
        tag = match.group(2).lower()
        if tag in _SILENT and not match.group(1):
            until = until or tag
        elif match.group(1) and tag == until:
            until = ""
        elif tag in LINE_TAGS:
            parts.append("\n")
    parts.append("" if until else html[at:])
    lines = (SPACE.sub(" ", GONE.sub("", part)).replace("\u00a0", " ").strip() for part in "".join(parts).split("\n"))
    return [Line(line, seen(line)) for line in map(unescape, lines)]
