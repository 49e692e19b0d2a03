"""format=flowed (RFC 3676): paragraphs that were broken into lines to travel, as paragraphs again."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"(?:> ?){0,50}>")


def unflowed(text: str, delsp: bool) -> str:
    """`text` ("\\n" line ends) with its soft line breaks undone; `delsp`: the blank before one is no part of the text (4.3)."""
    out: list[str] = []
    paragraph: list[str] = []
    open_depth = -1  # of the paragraph that still flows; -1: none does
    for line in text.split("\n"):
        mark = _QUOTE.match(line)
        quote = mark[0] if mark and line.startswith(">") else ""
        depth = quote.count(">")
        content = line[len(quote) :]
        if content.startswith(" ") and (quote or len(content) > 1):
            content = content[1:]
        signature = content == "-- "
        if open_depth >= 0 and (depth != open_depth or signature):
            out.append("".join(paragraph))
            open_depth = -1
        if open_depth < 0:
            paragraph = [f"{quote} " if quote else ""]
        soft = content.endswith(" ") and not signature
        paragraph.append(content[:-1] if soft and delsp else content)
        open_depth = depth if soft else -1
        if not soft:
            out.append("".join(paragraph))
    if open_depth >= 0:
        out.append("".join(paragraph))
    return "\n".join(out)
