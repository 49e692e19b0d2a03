"""A message's bytes → its parts as spans of those bytes (RFC 2046), without copying and without recursion, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from router.mail import limits
from router.mail.header import NEWLINE, Header, read_header
from router.mail.params import media_type, parameters, token
from router.mail.transfer import decoded

_TAIL = re.compile(rb"(--)?[ \t]*(?:" + NEWLINE + rb"|\Z)")
_GUESS = re.compile(rb"(?:\A|[\r\n])--([^\r\n]{1,200}?)[ \t]*" + NEWLINE + rb"[Cc]ontent-")


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the MIME tree, in document order; `parent` is an index into the list of parts, -1 for the root.

    Its body is `data[start:end]`. `data` is the message, or what an encoded multipart held.
    """

    data: bytes = field(repr=False)
    start: int
    end: int
    parent: int
    header: Header
    content_type: str
    type_params: dict[str, str]
    disposition: str
    disposition_params: dict[str, str]
    encoding: str

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")


@dataclass(slots=True)
class Tree:
    """The parts found so far, what was wrong, and what may still be looked through."""

    parts: list[Part] = field(default_factory=list)
    defects: dict[str, None] = field(default_factory=dict)
    unsplit: set[int] = field(default_factory=set)  # indexes of multiparts whose boundary does not occur
    lines: int = 0  # of all parts' headers
    scannable: int = limits.SCANNED_BYTES

    def defect(self, text: str) -> None:
        self.defects.setdefault(text)


def parts_of(data: bytes, root: Header) -> Tree:
    """All parts of the message `data` whose own header is `root`, each before its children."""
    tree = Tree()
    waiting: list[tuple[bytes, int, int, int, int, str, Header | None]] = [
        (data, 0, len(data), -1, 0, "text/plain", root)
    ]
    while waiting:
        source, start, end, parent, depth, default, header = waiting.pop()
        if len(tree.parts) >= limits.PARTS or tree.lines > limits.PART_HEADER_LINES_IN_ALL:
            tree.defect("too many parts; the rest was cut off")
            break
        part = _part(source, start, end, parent, default, header)
        for text in part.header.defects if header is None else ():
            tree.defect(_of_part(text))
        tree.parts.append(part)
        tree.lines += part.header.lines
        if part.is_multipart:
            index = len(tree.parts) - 1
            default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
            source, spans = _children(tree, part, depth)
            waiting += [(source, a, b, index, depth + 1, default, None) for a, b in reversed(spans)]
    return tree


def _of_part(text: str) -> str:
    return {
        "no header": "a part has no blank line between header and body",
        "no blank line between header and body": "a part has no blank line between header and body",
    }.get(text, text.replace("the header", "a part's header"))


def _part(data: bytes, start: int, end: int, parent: int, default: str, header: Header | None) -> Part:
    header = header or read_header(data, start, end, part=True)
    kind, disposition = header.value("content-type"), header.value("content-disposition")
    return Part(
        data, min(header.body, end), end, parent, header,
        media_type(kind, default), parameters(kind), token(disposition), parameters(disposition),
        token(header.value("content-transfer-encoding")),
    )  # fmt: skip


def _children(tree: Tree, part: Part, depth: int) -> tuple[bytes, list[tuple[int, int]]]:
    """Where the parts of a multipart lie; it has no children if no boundary can be found."""
    if depth >= limits.NESTING:
        tree.defect(f"parts are nested more than {limits.NESTING} deep; the rest was cut off")
        return part.data, []
    boundary = part.type_params.get("boundary", "").rstrip().encode("utf-8", "replace")
    spans = _split(tree, part.data, part.start, part.end, boundary) if boundary else None
    if spans is not None or tree.scannable < 0:
        return part.data, spans or []
    if part.encoding in ("base64", "quoted-printable") and boundary:
        inner, _ = decoded(part.data, part.start, part.end, part.encoding)
        if (spans := _split(tree, inner, 0, len(inner), boundary)) is not None:
            tree.defect("a multipart is transfer-encoded as a whole")
            return inner, spans
    tree.defect("the boundary of a multipart does not occur" if boundary else "a multipart names no boundary")
    guess = _GUESS.search(part.data, max(0, part.start - 1), min(part.end, part.start + 20_000))
    if guess and (spans := _split(tree, part.data, part.start, part.end, guess[1])):
        return part.data, spans
    tree.unsplit.add(len(tree.parts) - 1)
    return part.data, []


def _split(tree: Tree, data: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]] | None:
    """The spans between the lines `--boundary`; None if there is no such line."""
    tree.scannable -= end - start
    if tree.scannable < 0:
        tree.defect("too much nesting to look through; the rest was cut off")
        return None
    spans: list[tuple[int, int]] = []
    begin = None
    found = within = False
    for line_start, line_end, closing in _delimiters(data, start, end, boundary):
        found = True
        tree.scannable -= limits.DELIMITER_COST
        if begin is not None and (within or _repeats(data, begin, line_start, boundary)):
            # A multipart that uses the boundary of the one around it (old Outlook Express): all is its own up to its end.
            within = not closing
            if closing:
                spans.append((begin, line_end))
                begin = None
            continue
        if begin is not None:
            spans.append((begin, max(begin, _before_break(data, begin, line_start))))
        if closing:
            return spans
        begin = line_end
        if len(spans) + len(tree.parts) > limits.PARTS:
            return spans
    if not found:
        return None
    tree.defect("no closing boundary")
    return [*spans, (begin, end)] if begin is not None and begin < end else spans


def _repeats(data: bytes, begin: int, end: int, boundary: bytes) -> bool:
    """Whether the part that begins there is a multipart with that same boundary."""
    if data.find(boundary, begin, min(end, begin + 4_000)) < 0:
        return False
    value = read_header(data, begin, end, part=True).value("content-type")
    return media_type(value).startswith("multipart/") and parameters(value).get("boundary", "").encode() == boundary


def _delimiters(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line within the span: where it begins and ends, and whether it closes the multipart."""
    mark = b"--" + boundary
    false = 0
    position = start
    while (at := data.find(mark, position, end)) >= 0:
        position = at + len(mark)
        tail = _TAIL.match(data, position, end)
        if tail and (at == start or data[at - 1] in b"\r\n"):
            position = tail.end()
            yield at, position, tail[1] is not None
        else:
            false += 1
            if false > limits.FALSE_BOUNDARIES:
                return


def _before_break(data: bytes, begin: int, at: int) -> int:
    """The end of a part: the line break before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    if at > begin and data[at - 1 : at] == b"\n":
        at -= 1
    elif at > begin and data[at - 1 : at] == b"\r":
        return at - 1
    return at - 1 if at > begin and data[at - 1 : at] == b"\r" else at
