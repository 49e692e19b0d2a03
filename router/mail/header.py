"""A header's bytes → its fields (RFC 5322, 2.2), any line ending, bounded; and where the body begins.

A line that is no field ends the header, as if the blank line were missing, unless a header plainly goes on after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from router.mail import limits

NEWLINE = rb"(?>\r{0,2}\n|\r)"
_LINE = re.compile(rb"([^\r\n]*)(" + NEWLINE + rb"|\Z)")
_BLANK = re.compile(NEWLINE + NEWLINE)
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_WORDS = re.compile(
    rb"(?=[A-Za-z0-9 ]{0,40}-)[A-Za-z0-9_-]{1,40}(?: [A-Za-z0-9_-]{1,40}){1,2}:"
)  # a name with blanks in it
_ENVELOPE = re.compile(rb">?From ")
_KNOWN = re.compile(
    rb"(?:from|to|subject|date|message-id|mime-version|content-type|received|return-path|reply-to)[ \t]*:", re.I
)


@dataclass(frozen=True, slots=True)
class Header:
    """Fields in order, as (name, unfolded raw value); the offset at which the body begins; lines read; what was wrong."""

    fields: tuple[tuple[str, bytes], ...]
    body: int
    lines: int = 0
    defects: tuple[str, ...] = ()

    def value(self, name: str) -> bytes | None:
        """The raw value of the topmost field of that name (given in lower case), or None."""
        return next((value for key, value in self.fields if key.lower() == name), None)


@dataclass(slots=True)
class _Reading:
    """The fields read so far; the value of the last one is still in pieces."""

    fields: list[tuple[str, list[bytes], int]]
    defects: list[str]
    part: bool  # of a part's header only the Content- fields are kept

    def add(self, name: bytes, value: bytes) -> None:
        if self.part and name[:8].lower() != b"content-":
            name, value = b"", b""
        self.fields.append((name.decode("ascii"), [value[: limits.FIELD_BYTES]], len(value)))

    def fold(self, line: bytes) -> None:
        name, pieces, size = self.fields[-1]
        if size < limits.FIELD_BYTES:
            pieces.append(line.replace(b"\t", b" ", 1)[: limits.FIELD_BYTES - size])
        self.fields[-1] = (name, pieces, size + len(line))

    def done(self, body: int, lines: int) -> Header:
        if any(size > limits.FIELD_BYTES for _, _, size in self.fields):
            self.defects.append("a header field is too long and was cut off")
        fields = tuple((name, b"".join(pieces).strip()) for name, pieces, _ in self.fields if name)
        return Header(fields, body, lines, tuple(dict.fromkeys(self.defects)))


def read_header(data: bytes, start: int, end: int, *, part: bool = False) -> Header:
    """The header that begins at `start` of `data` and goes no further than `end`; `part` for a body part's (tighter bounds)."""
    reading = _Reading([], [], part)
    max_lines = limits.PART_HEADER_LINES if part else limits.HEADER_LINES
    max_bytes = limits.PART_HEADER_BYTES if part else limits.HEADER_BYTES
    for count, line in enumerate(_LINE.finditer(data, start, end)):
        at, stop = line.span(1)
        if at == stop:
            return reading.done(line.end(), count)
        if count >= max_lines or at - start > max_bytes or len(reading.fields) >= limits.HEADER_FIELDS:
            reading.defects.append("the header is too long and was cut off")
            return reading.done(_end_of_header(data, at, end), count)
        text = data[at : min(stop, at + limits.FIELD_BYTES + 300)]
        if not _take(reading, text, first=count == 0):
            slip = reading.fields and (_WORDS.match(text) or _goes_on(data, line.end(), end))
            if not slip:
                reading.defects.append("no blank line between header and body" if reading.fields else "no header")
                return reading.done(at, count)
            reading.defects.append("a line in the header is no field")
    return reading.done(end, 1)


def _take(reading: _Reading, line: bytes, *, first: bool) -> bool:
    """Add one line to what was read; False if it is no line of a header."""
    if line[:1] in b" \t":
        if reading.fields:
            reading.fold(line)
        else:
            reading.defects.append("the header begins with a continuation line")
        return not first or bool(line.strip())
    found = _NAME.match(line)
    if found:
        reading.add(found[1], line[found.end() :])
    elif _ENVELOPE.match(line):
        if not first:
            reading.defects.append("an envelope line stands within the header")
    elif line.startswith(b":"):
        reading.defects.append("a header field has no name")
    else:
        return False
    return True


def _goes_on(data: bytes, at: int, end: int) -> bool:
    """Whether a header plainly goes on at `at`, after a line that is no field (broken folding, a mailer's slip)."""
    known: set[bytes] = set()
    for line in _LINE.finditer(data[at : min(end, at + 4000)]):
        if not line[1]:
            break
        if found := _KNOWN.match(line[1]):
            known.add(found[0].lower().rstrip(b" \t:"))
        elif not _NAME.match(line[1]) and line[1][:1] not in b" \t":
            return False
    return len(known) > 1


def _end_of_header(data: bytes, at: int, end: int) -> int:
    found = _BLANK.search(data, at, end)
    return found.end() if found else end


def skip_blank_lines(data: bytes, start: int) -> int:
    """Where a message begins that has blank lines before a plain header; `start` if what follows is no such header."""
    found = re.compile(rb"(?:[ \t]{0,80}" + NEWLINE + rb"){1,50}").match(data, start)
    if not found:
        return start
    known = {
        m[0].lower().rstrip(b" \t:")
        for line in _LINE.finditer(data[found.end() : found.end() + 4000])
        if (m := _KNOWN.match(line[1]))
    }
    first = _LINE.match(data, found.end())
    plain = first is not None and _NAME.match(first[1][:300]) is not None
    return found.end() if plain and b"from" in known and len(known) > 1 else start
