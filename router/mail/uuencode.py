"""Uuencoded files inside plain text (POSIX uuencode): found, decoded, and cut out of it. Linear in the text's length."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from router.mail import limits

_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,500})\r?(?:\n|\Z)", re.M)
_LINE = re.compile(rb"([^\r\n]*)(?:\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class UuFile:
    """A file found in a text: its name as written and its bytes."""

    name: bytes
    content: bytes


def files_in(text: bytes) -> tuple[list[UuFile], bytes]:
    """The uuencoded files in `text` in order, and the text without them."""
    files: list[UuFile] = []
    kept: list[bytes] = []
    position = 0
    for _ in range(limits.UUENCODED_FILES):
        begin = _BEGIN.search(text, position)
        if begin is None:
            break
        content, end, complete = _content(text, begin.end())
        kept.append(text[position : begin.start() if complete else end])
        if complete:
            files.append(UuFile(begin[1].strip(), content))
        position = end
    kept.append(text[position:])
    return files, b"".join(kept)


def _content(text: bytes, start: int) -> tuple[bytes, int, bool]:
    """The bytes that the lines from `start` on hold, where they end, and whether an `end` line closes them."""
    out: list[bytes] = []
    position = start
    while position < len(text) and (line := _LINE.match(text, position)):
        if line[1].rstrip() == b"end":
            return b"".join(out), line.end(), True
        data = _decoded_line(line[1])
        if data is None:
            return b"", position, False
        out.append(data)
        position = line.end()
    return b"", max(position, start), False


def _decoded_line(line: bytes) -> bytes | None:
    """One line's bytes; None if it is no uuencoded line. Some encoders add a checksum character, some cut blanks."""
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return b""
    size = (line[0] - 32) & 63
    if not 32 <= line[0] <= 96 or any(not 32 <= byte <= 96 for byte in line):
        return None
    wanted = (size + 2) // 3 * 4 + 1
    if len(line) > wanted + 2:
        return None
    try:
        return binascii.a2b_uu(line[:wanted].ljust(wanted))
    except binascii.Error:
        return None
