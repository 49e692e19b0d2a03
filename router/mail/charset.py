"""Bytes and a label → text, as mail programs label it: the label first, then what the bytes show, U+FFFD last."""

from __future__ import annotations

import codecs
import re

from router.mail.detect import detect, iso_2022_jp_to_text, mostly_utf8
from router.mail.labels import CHINESE, ISO_2022_JP, JAPANESE, KOREAN, TRADITIONAL, codecs_of

_STATEFUL = re.compile(r"utf-?(?:7|16|32)|iso-?2022|^hz|cp(?:037|1140|1026|273|424|500|875)")
# Single-byte charsets of Latin letters: bytes that are valid UTF-8 with letters beyond ASCII are never meant to be these.
_LATIN = frozenset(
    ("cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859_2", "iso8859_3", "iso8859_4", "mac_roman")
)
_LATIN |= frozenset(("iso8859_10", "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16"))
_CJK = frozenset((*CHINESE, *KOREAN, *JAPANESE, *TRADITIONAL, "euc_jp", "euc_jis_2004"))
_CP1252_HOLES = {i: chr(i) for i in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_SURROGATE = re.compile("[\ud800-\udfff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.I
)


def decode(data: bytes, label: str | None = None, *, html: bool = False) -> tuple[str, bool]:
    """The text that `data` means, and whether the label fits it.

    `label` is a charset as written in a mail, or None. True also for a missing label and plain ASCII or UTF-8. For HTML, the
    document's own declaration counts before guessing.
    """
    if data.isascii() and not (label and _STATEFUL.search(label.lower())) and b"\x1b" not in data:
        return data.decode("ascii"), True
    names = codecs_of(label) if label else ()
    if names and names[0].startswith(("utf-16", "utf-32", "utf_16", "utf_32")) and b"\0" not in data:
        names = ()  # ASCII or UTF-8 by all signs; an even number of letters would make ideographs
    for name in names:
        text = _strictly(data, name)
        if text is not None:
            return _unless_utf8(data, name, text)
    if not data:
        return "", True
    if names == ISO_2022_JP and (text := iso_2022_jp_to_text(data)) is not None:
        return text, True
    text, sure = _by_content(data, names, html)
    return text, sure and not names and (
        label is None or label.lower() in ("us-ascii", "ascii", "unknown-8bit", "x-unknown")
    )


def decode_bare(data: bytes, hint: str | None = None) -> str:
    """The text of bytes that should have been encoded (a raw header field): UTF-8, else the charset of the body (`hint`)."""
    if data.isascii():
        return decode(data)[0] if b"\x1b$" in data else data.decode("ascii")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode(data, hint)[0]


def _strictly(data: bytes, name: str) -> str | None:
    try:
        text = data.decode(name)
    except (UnicodeError, LookupError, ValueError, OverflowError):
        return _windows_1252(data) if name == "cp1252" else None
    if name in ("utf-16", "utf_16") and data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        name = "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
        return data.decode(name, "replace")
    if name in ("utf-8", "utf-16", "utf-32"):
        return text.removeprefix("\ufeff")
    return _SURROGATE.sub("\ufffd", text) if name == "utf-7" else text


def _windows_1252(data: bytes) -> str:
    """Windows-1252 with the five bytes that it leaves open as C1 controls, as browsers read it."""
    return data.decode("latin-1").translate(_CP1252_TABLE)


def _unless_utf8(data: bytes, name: str, text: str) -> tuple[str, bool]:
    """`text`, unless the label is one that can hardly fail and the bytes are in truth UTF-8."""
    if name not in _LATIN and name not in _CJK:
        return text, True
    try:
        truth = data.decode("utf-8")
    except UnicodeDecodeError:
        return text, True
    beyond = [c for c in truth[:20_000] if c > "\x7f"]
    if name in _LATIN and any(c >= "\xa0" for c in beyond):
        return truth.removeprefix("\ufeff"), False
    # Two-byte sequences occur in GBK by chance; three-byte ones that make up ideographs, kana or hangul don't.
    if name in _CJK and len(beyond) > 1 and all("\u2010" <= c <= "\uffef" for c in beyond):
        return truth.removeprefix("\ufeff"), False
    return text, True


def _by_content(data: bytes, names: tuple[str, ...], html: bool) -> tuple[str, bool]:
    """What the bytes themselves show: a byte order mark, UTF-8, the HTML declaration, the label but for a few bytes, a guess."""
    for bom, name in _BOMS:
        if data.startswith(bom) and (text := _strictly(data, name)) is not None:
            return text, True
    if (
        b"\x1b" in data
        and (guess := detect(data)).startswith("iso2022")
        and (text := _strictly(data, guess)) is not None
    ):
        return text, True
    if (text := _strictly(data, "utf-8")) is not None:
        return text, True
    declared = _META.search(data[:4096]) if html else None
    for name in codecs_of(declared[1].decode("ascii", "replace")) if declared else ():
        if (text := _strictly(data, name)) is not None:
            return text, True
    if mostly_utf8(data):
        return data.decode("utf-8", "replace"), False
    for name in names[:1]:
        text = data.decode(name, "replace")
        high = sum(c > "\x7f" for c in text[:100_000])
        if name != "utf-8" and text[:100_000].count("\ufffd") * 10 <= high:
            return _SURROGATE.sub("\ufffd", text), False
    guess = detect(data)
    text = _strictly(data, guess)
    return (text, True) if text is not None else (data.decode(guess, "replace"), False)


_CP1252_TABLE = {i: bytes([i]).decode("cp1252", "ignore") or _CP1252_HOLES[i] for i in range(0x80, 0xA0)}
