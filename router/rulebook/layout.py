"""The layout of what a person sends on: the covering note, the message below it, and names without a closing formula."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKER = re.compile(
    r"^\s*(?:[-_=*]{2,}\s*(?:forwarded message|original message|pesan (?:terusan|asli|yang diteruskan)).*"
    r"|begin forwarded message:|mulai pesan (?:yang )?(?:di)?teruskan:?)\s*$",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"^\s*\*?(?:from|dari|von|de)\*?\s*:\s*\S", re.IGNORECASE)
_PEOPLE = re.compile(
    r"^\s*\*?(?:from|dari|sent|dikirim|date|tanggal|hari|to|kepada|ke|cc|tembusan|reply-to)\*?\s*:", re.IGNORECASE
)
_FIELD = re.compile(
    r"^\s*\*?(?:sent|dikirim|date|tanggal|to|kepada|ke|cc|subject|subjek|perihal)\*?\s*:", re.IGNORECASE
)
_NEAR = 4  # lines below "From:" within which another field of its header must stand
_NAME_LINES = 4
_NAME_LENGTH = 80
_CAPITALS = 0.6  # share of a name block's words that begin with a capital letter


def forwarded_at(lines: Sequence[str]) -> int:
    """The line at which a message sent on begins (its marker, or the first field of its header); else their number."""
    for number, line in enumerate(lines):
        if _MARKER.match(line):
            return number
        if _AUTHOR.match(line) and any(_FIELD.match(below) for below in lines[number + 1 : number + 1 + _NEAR]):
            return number
    return len(lines)


def is_header(line: str) -> bool:
    """Is it a line of a message's header as mail programs print it, or their marker? The subject's line is none: it says
    what the message is about."""
    return bool(_MARKER.match(line) or _PEOPLE.match(line))


def names_at(lines: Sequence[str]) -> int:
    """Where a block of names and offices begins that ends the lines, without any closing formula; their number if none.

    It is the last paragraph (not the only one): up to four short lines that are no sentences, mostly in capitals.
    """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    block = lines[start:end]
    if not 0 < len(block) <= _NAME_LINES or not any(line.strip() for line in lines[:start]):
        return len(lines)
    return start if all(_is_name(line) for line in block) else len(lines)


def _is_name(line: str) -> bool:
    text = line.strip()
    if len(text) > _NAME_LENGTH or text.endswith((".", "?", "!", ":")):
        return False
    words = re.findall(r"[^\W\d_]+", text)
    return bool(words) and sum(word[0].isupper() for word in words) >= _CAPITALS * len(words)
