"""Content-Transfer-Encoding undone (RFC 2045, 6), however broken; and uuencoded files."""

from __future__ import annotations

import binascii
import re

from router.mail.uuencode import files_in

_NAMES = {
    **dict.fromkeys(
        ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none", "plain", "7"), "identity"
    ),
    **dict.fromkeys(("base64", "base-64", "b", "base64encoding"), "base64"),
    **dict.fromkeys(
        ("quoted-printable", "quoted_printable", "quotedprintable", "quoted-print", "quoted", "qp", "q"),
        "quoted-printable",
    ),
    **dict.fromkeys(("x-uuencode", "uuencode", "x-uue", "uue", "x-uu"), "uuencode"),
}
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN = bytes(byte for byte in range(256) if byte not in _ALPHABET + b"=")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LONE_CR = re.compile(rb"\r(?!\n)")
_BLANKS_AT_BREAK = re.compile(rb"=[ \t]{1,200}(?=\r?\n)")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{2,}={0,2}[ \t]*")


def decoded(data: bytes, start: int, end: int, name: str, *, text: bool = False) -> tuple[bytes, str | None]:
    """What `data[start:end]` holds under the transfer encoding `name` (lower case), and a defect or None.

    `text` says that readable text is expected: then what is plainly not base64 is taken as it stands.
    """
    method = _NAMES.get(name)
    if method == "base64":
        return _base64(data, start, end, text)
    if method == "quoted-printable":
        return _quoted_printable(data[start:end]), None
    if method == "uuencode":
        files, _ = files_in(data[start:end])
        return (files[0].content, None) if files else (data[start:end], "a uuencoded part cannot be decoded")
    return data[start:end], None if method else "unknown transfer encoding"


def _base64(data: bytes, start: int, end: int, text: bool) -> tuple[bytes, str | None]:
    breaks = data.count(b"\n", start, end) + data.count(b"\r", start, end)
    try:
        content = binascii.a2b_base64(memoryview(data)[start:end])
    except binascii.Error:
        content = None
    padding = data.count(b"=", max(start, end - 8), end)
    if content is not None and len(content) == (end - start - breaks) * 3 // 4 - padding:
        return content, None
    raw = data[start:end]
    if text and not _looks_base64(raw):
        return raw, "the text is not in base64 as it says"
    salvaged, defect = _salvaged(raw, content)
    if text and _CONTROLS.search(salvaged) and not _CONTROLS.search(raw):
        return raw, "the text is not in base64 as it says"
    return salvaged, defect


def _looks_base64(raw: bytes) -> bool:
    """Whether the first line is base64, but for a few characters: words have blanks between them."""
    first = raw[:4000].lstrip().partition(b"\n")[0].strip()
    return b" " not in first and len(first.translate(None, _FOREIGN)) * 3 >= len(first) * 2


def _salvaged(raw: bytes, lenient: bytes | None) -> tuple[bytes, str | None]:
    """Base64 with foreign characters or wrong padding: lines that are none at the end are dropped, then all foreign bytes."""
    foreign = raw.translate(None, _ALPHABET + b"= \t\r\n")
    if lenient is not None and not foreign and b"=" not in raw.rstrip(b"= \t\r\n"):
        return lenient, None
    if foreign:
        raw = _without_footer(raw)
    blocks = raw.translate(None, _FOREIGN).split(b"=", 1_000)
    out = [_block(blocks[0])]
    for block in blocks[1:]:
        # Several encoded blocks one after the other; shorter remains are what somebody wrote below.
        if len(block) >= 60:
            out.append(_block(block))
    return b"".join(out), "a part is broken base64"


def _block(clean: bytes) -> bytes:
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _without_footer(raw: bytes) -> bytes:
    """The encoded lines without what a mailing list put below them."""
    end = len(raw)
    for _ in range(100):
        start = max(raw.rfind(b"\n", 0, end), raw.rfind(b"\r", 0, end)) + 1
        if _BASE64_LINE.fullmatch(raw, start, end):
            return raw[:end]
        if start == 0:
            break
        end = start - 1
    return raw


def _quoted_printable(raw: bytes) -> bytes:
    if raw.count(b"\r") != raw.count(b"\r\n"):
        raw = _LONE_CR.sub(b"\n", raw)
    if b"= " in raw or b"=\t" in raw:
        raw = _BLANKS_AT_BREAK.sub(b"=", raw)
    return binascii.a2b_qp(raw)
