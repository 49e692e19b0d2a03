"""What an SMTP transaction carries, in its form on the line: addresses (RFC 5321, 4.1.2; RFC 6531) and content (4.5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PIECE = 256 * 1024  # octets of content that are written at once
MAX_PATH = 254  # octets (RFC 5321, 4.5.3.1.3, without the angle brackets)
_BARE_END = re.compile(rb"\r\n|\r|\n")
_WORD = r"""[^\s<>()\[\],;:@"\\]+"""
_ADDRESS = re.compile(rf"""(?:{_WORD}|"[^\s<>"\\]*")@(?:{_WORD}|\[[0-9A-Za-z.:]+\])""")


@dataclass(frozen=True, slots=True)
class Path:
    """An address as bytes for the command line. `utf8`: it can only go to a server that has SMTPUTF8."""

    wire: bytes
    utf8: bool


def path(address: str) -> Path:
    """The path of an addr-spec; "" is the null sender. A domain in letters of its own script becomes its A-label form.

    Raises ValueError, with a text for admins, for anything that isn't exactly one address: a line end or a bracket in it
    could otherwise become a command of its own.
    """
    if address == "":
        return Path(b"", utf8=False)
    if not address.isprintable() or not _ADDRESS.fullmatch(address):
        raise ValueError(f"alamat tidak sah: {address[:100]!r}; yang boleh hanya satu alamat nama@domain tanpa spasi")
    local, _, domain = address.rpartition("@")
    try:
        name = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"domain tidak sah: {address[:100]!r} ({error})") from error
    wire = f"{local}@{name}".encode()
    if len(wire) > MAX_PATH:
        raise ValueError(f"alamat terlalu panjang: {len(wire)} oktet, paling banyak {MAX_PATH}")
    return Path(wire, utf8=not wire.isascii())


def crlf(content: bytes) -> bytes:
    """The content with CRLF at each line end and at its own, and no bare CR or LF (which could smuggle a second mail)."""
    pairs = content.count(b"\r\n")
    if content.count(b"\n") != pairs or content.count(b"\r") != pairs:
        content = _BARE_END.sub(b"\r\n", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def stuffed(lines: bytes) -> Iterator[tuple[bytes, bool]]:
    """CRLF lines as they follow DATA, dots at a line's begin doubled: (piece, is it the last), the last with the final dot.

    In pieces, so that a large mail isn't in memory several times over.
    """
    start, last = 0, False
    while not last:
        end = lines.find(b"\r\n", start + PIECE) + 2
        last = end < 2 or end >= len(lines)
        piece = lines[start:] if last else lines[start:end]
        dot = b"." if piece.startswith(b".") else b""
        yield dot + piece.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if last else b""), last
        start = end
