"""Address fields → mailboxes (RFC 5322, 3.4 and 4.4), groups opened up, as mail programs write them.

The structure is read before anything is decoded: a display name never becomes an address. Linear in the field's length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from router.mail import limits
from router.mail.charset import decode_bare
from router.mail.message import Address
from router.mail.words import one_line, text_of

_PLAIN = re.compile(
    r"\s*(?:\"([^\"\\<>=@]*)\"|([^\"\\<>()=,;:@\[\]]*?))\s*<([^\s\"\\<>(),;:@\[\]]+@[^\s\"\\<>(),;:@\[\]]+)>\s*"
)
_BARE = re.compile(r"\s*([^\s\"'\\<>(),;:@\[\]]+@[^\s\"'\\<>(),;:@\[\]]+)\s*")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"", re.S)
_ANGLE = re.compile(r"<((?:[^<>\"]|\"(?:[^\"\\]|\\.)*+\")*+)>", re.S)
_OPEN_ANGLE = re.compile(r"<([^<>,;]*)")
_ENCODED = re.compile(r"=\?[^?\s\"<>]{1,80}\?[bBqQ]\?[^?\"<>]{0,1000}\?=")
_WORD = re.compile(r"(?:\[[^\[\]]*+\]|[^\"<>,;:()\s\[]|\[)(?:\[[^\[\]]*+\]|[^\"<>,;:()\s\[=]|=(?!\?)|\[)*+")
_SPACE = re.compile(r"\s+")
_BRACKETS = re.compile(r"<[^<>]{0,1000}>|[\"<>]")
_PAREN = re.compile(r"\\.|[()]", re.S)
_ESCAPED = re.compile(r"\\(.)", re.S)
_ADDR_SPEC = re.compile(
    r"((?:\"(?:[^\"\\]|\\.)*+\"|[^\s\"\\<>(),;:@\[\]\x00-\x20\x7f])+)"
    r"@([^\s\"\\<>(),;:@\[\]\x00-\x20\x7f]+|\[[^\[\]\\\s]*\])",
    re.S,
)


@dataclass(slots=True)
class _Entry:
    """One member of a list while it is read. Pieces are (kind, text)."""

    phrase: list[tuple[str, str]] = field(default_factory=list)
    angle: str | None = None
    after: list[tuple[str, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def bare(self) -> bool:
        return self.angle is None and not any("@" in text for kind, text in self.phrase if kind == "word")


def mailboxes(value: bytes, hint: str | None = None) -> tuple[Address, ...]:
    """Every mailbox of an unfolded field value, in order; entries without an address are left out.

    `hint` is the charset to read raw bytes in that are no UTF-8.
    """
    text = one_line(decode_bare(value, hint))
    if len(text) < 300 and (found := _PLAIN.fullmatch(text)):
        return (Address(_tidy((found[1] or found[2] or "").strip()), found[3]),)
    if found := _BARE.fullmatch(text):
        return (Address("", found[1]),)
    entries = _read(text)
    if not entries and "=?" in text and "@" not in text.partition("=?")[0]:
        # Some scripts put the whole `Name <addr-spec>` into one encoded word.
        entries = _read(text_of(value, hint))
    return tuple(entries[: limits.ADDRESSES])


def name_of(value: bytes, hint: str | None = None) -> str:
    """The display name in a field that holds no address."""
    return _tidy(_BRACKETS.sub(" ", text_of(value, hint)))


def _read(text: str) -> list[Address]:
    found: list[Address] = []
    entry = _Entry()
    waiting: list[str] = []
    for kind, piece in _pieces(text):
        if kind == "angle" and entry.angle is not None:
            found += _finished(entry, waiting)
            entry = _Entry(phrase=entry.after)
        if kind == "angle":
            entry.angle = piece
        elif kind == "comment":
            entry.comments.append(piece)
        elif kind == ":" and entry.bare():
            entry, waiting = _Entry(), []  # a group's name, or mailto:
        elif kind in (",", ";"):
            mailbox = _finished(entry, waiting)
            found += mailbox
            waiting = [*waiting, _phrase(entry.phrase)][-20:] if not mailbox and kind == "," and entry.bare() else []
            entry = _Entry()
        else:
            (entry.phrase if entry.angle is None else entry.after).append(("word" if kind == ":" else kind, piece))
        if len(found) > limits.ADDRESSES:
            return found
    return found + _finished(entry, waiting)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The lexical pieces: ("quoted" | "comment" | "angle" | "word" | "space" | "," | ";" | ":", text)."""
    position = 0
    quotes = comments = True  # False once one was found that nothing closes: the rest is read without
    while position < len(text):
        char = text[position]
        if char == '"' and quotes and (found := _QUOTED.match(text, position)):
            yield "quoted", found[0]
            position = found.end()
        elif char == "(" and comments and (end := _end_of_comment(text, position)):
            yield "comment", text[position + 1 : end - 1]
            position = end
        elif char == "<" and (found := _ANGLE.match(text, position) or _OPEN_ANGLE.match(text, position)):
            yield "angle", found[1]
            position = found.end()
        elif char in ",;:":
            yield char, char
            position += 1
        elif found := _SPACE.match(text, position):
            yield "space", " "
            position = found.end()
        elif found := _ENCODED.match(text, position) or _WORD.match(text, position):
            yield "word", found[0]
            position = found.end()
        else:
            quotes, comments = quotes and char != '"', comments and char != "("
            position += 1


def _end_of_comment(text: str, start: int) -> int:
    """The offset after the comment that opens at `start` (they nest), or 0 if nothing closes it."""
    depth = 0
    for found in _PAREN.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return 0


def _finished(entry: _Entry, waiting: list[str]) -> list[Address]:
    """The mailboxes of one entry: one, none, or several that nothing separates. `waiting`: the name before a bare comma."""
    if entry.angle is None:
        return _unbracketed(entry)
    inside = _uncommented(entry.angle).strip()
    quoted = _QUOTED.fullmatch(inside)
    address = _addr_spec(quoted[1] if quoted else inside)
    name = _phrase(entry.phrase)
    if name and waiting:
        name = ", ".join([*waiting, name])
    if address is None:
        return []
    return [Address(name or _phrase(entry.after) or ", ".join(waiting) or _comment(entry), address)]


def _unbracketed(entry: _Entry) -> list[Address]:
    """The mailboxes in words without brackets: the words that are addr-specs; of one alone, the others are its name."""
    atoms = _atoms(entry.phrase)
    specs = [_addr_spec("".join(text for _, text in atom)) for atom in atoms]
    found = [spec for spec in specs if spec]
    if len(found) != 1:
        return [Address("", spec) for spec in found]
    rest = [piece for atom, spec in zip(atoms, specs, strict=True) if not spec for piece in (*atom, ("space", " "))]
    return [Address(_phrase(rest) or _comment(entry), found[0])]


def _atoms(pieces: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Pieces that belong together: without a blank between them, or around "@" and "." of an addr-spec (RFC 5322, 4.4)."""
    atoms: list[list[tuple[str, str]]] = []
    fresh = True
    domain = False  # the last atom has an "@" outside quotes
    for kind, text in pieces:
        if kind == "space":
            fresh = True
            continue
        last = atoms[-1][-1][1] if atoms else ""
        if atoms and (not fresh or text[0] in "@." or last[-1] == "@" or (last[-1] == "." and domain)):
            atoms[-1].append((kind, text))
            domain = domain or (kind == "word" and "@" in text)
        else:
            atoms.append([(kind, text)])
            domain = kind == "word" and "@" in text
        fresh = False
    return atoms


def _uncommented(text: str) -> str:
    if "(" not in text:
        return text
    return "".join(piece for kind, piece in _pieces(text) if kind != "comment")


def _addr_spec(text: str) -> str | None:
    """`local@domain` out of what stands between the brackets: without blanks, a source route or `mailto:`; else None."""
    if "@" not in text:
        return None
    text = text.strip()
    if '"' not in text:
        text = _SPACE.sub("", text)
        if len(text) > 2 and text[0] == text[-1] == "'":
            text = text[1:-1]
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2] if "[" not in text else text.partition(":")[2]
    return text if _ADDR_SPEC.fullmatch(text) else None


def _comment(entry: _Entry) -> str:
    """A comment as the name: the way before display names (`jane@x.example (Jane Doe)`)."""
    return _tidy(text_of(_ESCAPED.sub(r"\1", " ".join(entry.comments[:5])).encode("utf-8", "replace")))


def _phrase(pieces: list[tuple[str, str]]) -> str:
    """The words of a display name, decoded, without quotes."""
    text = "".join(_ESCAPED.sub(r"\1", text[1:-1]) if kind == "quoted" else text for kind, text in pieces).strip()
    return _tidy(text_of(text.encode("utf-8", "replace")) if "=?" in text else text)


def _tidy(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name if name.isprintable() else "".join(c for c in name if c >= " " and c != "\x7f").strip()
