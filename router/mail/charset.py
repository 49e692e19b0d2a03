"""Bytes and a label → text, as mail programs label it: the label first, then what the bytes show, U+FFFD last.

The labels follow the WHATWG encoding table where mail does (`gb2312` is read as GB 18030, `iso-8859-1` as Windows-1252).
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from router.mail.detect import detect, iso_2022_jp_to_text, mostly_utf8

# What a label stands for in mail, in the order in which the codecs are tried. Labels are in lower case without "_", " ".
_CHINESE = ("gb18030", "gbk")
_KOREAN = ("cp949", "johab")
_JAPANESE = ("cp932", "shift_jis_2004")
_TRADITIONAL = ("big5hkscs", "cp950")
_ISO_2022_JP = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004", "iso2022_jp_2")
_ALIASES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        [
            "gb2312",
            "gb-2312",
            "gb2312-80",
            "gb-2312-80",
            "csgb2312",
            "iso-ir-58",
            "euc-cn",
            "x-euc-cn",
            "gbk",
            "x-gbk",
            "cp936",
            "ms936",
            "windows-936",
            "x-cp936",
            "gb18030",
            "gb-18030",
            "chinese",
            "cn-gb",
        ],
        _CHINESE,
    ),
    **dict.fromkeys(
        [
            "ks-c-5601-1987",
            "ks-c-5601-1989",
            "ks-c-5601",
            "ksc5601",
            "ksc-5601",
            "ksc5601-1987",
            "korean",
            "iso-ir-149",
            "euc-kr",
            "x-euc-kr",
            "cp949",
            "ms949",
            "uhc",
            "windows-949",
            "x-windows-949",
        ],
        _KOREAN,
    ),
    **dict.fromkeys(
        [
            "shift-jis",
            "shiftjis",
            "sjis",
            "x-sjis",
            "s-jis",
            "ms-kanji",
            "csshiftjis",
            "windows-31j",
            "cswindows31j",
            "cp932",
            "ms932",
            "x-ms-cp932",
        ],
        _JAPANESE,
    ),
    **dict.fromkeys(
        ["big5", "big-5", "cn-big5", "x-x-big5", "csbig5", "big5-hkscs", "cp950", "ms950", "windows-950"], _TRADITIONAL
    ),
    **dict.fromkeys(
        ["iso-2022-jp", "iso2022jp", "csiso2022jp", "cp50220", "cp50221", "iso-2022-jp-ms", "jis"], _ISO_2022_JP
    ),
    **dict.fromkeys(["euc-jp", "x-euc-jp", "x-euc", "eucjp", "euc-jp-ms", "cp51932"], ("euc_jp", "euc_jis_2004")),
    **dict.fromkeys(
        [
            "iso-8859-1",
            "iso8859-1",
            "iso88591",
            "iso-88591",
            "iso-8859",
            "iso8859",
            "latin1",
            "latin-1",
            "l1",
            "csisolatin1",
            "iso-ir-100",
            "cp819",
            "ansi",
            "ansi-x3.110-1983",
            "windows-1252",
            "windows1252",
            "win-1252",
            "windows-1252http-equivcontent-type",
            "western",
            "cp1252",
            "x-cp1252",
            "x-ansi",
            "8859-1",
            "iso-8859-1-windows-3.1-latin-1",
            "windows",
        ],
        ("cp1252",),
    ),
    **dict.fromkeys(["iso-8859-9", "iso8859-9", "latin5", "l5", "csisolatin5", "windows-1254", "cp1254"], ("cp1254",)),
    **dict.fromkeys(
        ["tis-620", "tis620", "iso-8859-11", "iso8859-11", "windows-874", "cp874", "x-windows-874"], ("cp874",)
    ),
    **dict.fromkeys(["iso-8859-8-i", "iso-8859-8-e", "logical", "visual", "csiso88598i"], ("iso8859_8",)),
    **dict.fromkeys(["iso-8859-6-i", "iso-8859-6-e", "asmo-708"], ("iso8859_6",)),
    **dict.fromkeys(
        [
            "utf-8",
            "utf8",
            "utf-8-sig",
            "unicode-1-1-utf-8",
            "utf-8-mac",
            "utf8mb4",
            "utf",
            "utf-8n",
            "cp65001",
            "x-utf-8",
        ],
        ("utf-8",),
    ),
    **dict.fromkeys(["utf-7", "utf7", "unicode-1-1-utf-7", "csunicode11utf7", "x-unicode-2-0-utf-7"], ("utf-7",)),
    **dict.fromkeys(["unicode", "ucs-2", "iso-10646-ucs-2"], ("utf-16",)),
    **dict.fromkeys(["macintosh", "x-mac-roman", "mac", "csmacintosh", "x-mac"], ("mac_roman",)),
    **dict.fromkeys(["hz-gb-2312", "hz"], ("hz",)),
    **dict.fromkeys(["koi8", "koi8r", "koi", "koi8-ru"], ("koi8_r",)),
    **dict.fromkeys(["iso-2022-kr", "csiso2022kr"], ("iso2022_kr",)),
}
# Python codecs that are no charsets of text, cost more than linear time, or don't exist everywhere.
_REFUSED = frozenset(
    [
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "charmap",
        "unicode_internal",
        "utf_8_sig",
        "palmos",
    ]
)
_STATEFUL = re.compile(r"utf-?(?:7|16|32)|iso-?2022|^hz|cp(?:037|1140|1026|273|424|500|875)")
# Single-byte charsets of Latin letters: bytes that are valid UTF-8 with letters beyond ASCII are never meant to be these.
_LATIN = frozenset(
    [
        "cp1250",
        "cp1252",
        "cp1254",
        "cp1257",
        "cp1258",
        "iso8859_2",
        "iso8859_3",
        "iso8859_4",
        "iso8859_10",
        "iso8859_13",
        "iso8859_14",
        "iso8859_15",
        "iso8859_16",
        "mac_roman",
    ]
)
_CJK = frozenset({*_CHINESE, *_KOREAN, *_JAPANESE, *_TRADITIONAL, "euc_jp", "euc_jis_2004"})
_CP1252_HOLES = {i: chr(i) for i in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TIDY_LABEL = re.compile(r"[\s\"'<>;,()\[\]]+")
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|ibm|windows|win|ms|dos)-?(\d{3,4})(?:-\w{0,10})?$")
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


@lru_cache(maxsize=512)
def codecs_of(label: str) -> tuple[str, ...]:
    """The Python codecs that a charset label of mail may mean, in the order to try; () for a label that says nothing."""
    name = _TIDY_LABEL.sub("", label.partition("*")[0]).lower().replace("_", "-")[:60]
    if known := _ALIASES.get(name):
        return known
    if page := _CODE_PAGE.match(name):
        name = f"cp{int(page[1])}" if f"cp{int(page[1])}" not in _ALIASES else name
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ()
    codec = found.name.replace("-", "_")
    if not getattr(found, "_is_text_encoding", True) or codec in _REFUSED:
        return ()
    return () if codec == "ascii" else ("utf-8",) if codec == "utf_8" else (codec,)


def decode(data: bytes, label: str | None = None, *, html: bool = False) -> tuple[str, bool]:
    """The text that `data` means, and whether the label fits it.

    `label` is a charset as written in a mail, or None. True also for a missing label and plain ASCII or UTF-8. For HTML, the
    document's own declaration counts before guessing.
    """
    if data.isascii() and not (label and _STATEFUL.search(label.lower())) and b"\x1b" not in data:
        return data.decode("ascii"), True
    names = codecs_of(label) if label else ()
    for name in names:
        text = _strictly(data, name)
        if text is not None:
            return _unless_utf8(data, name, text)
    if not data:
        return "", True
    if names == _ISO_2022_JP and (text := iso_2022_jp_to_text(data)) is not None:
        return text, True
    text, sure = _by_content(data, names, html)
    return text, sure and not names and (
        label is None or label.lower() in ("us-ascii", "ascii", "unknown-8bit", "x-unknown")
    )


def _strictly(data: bytes, name: str) -> str | None:
    try:
        text = data.decode(name)
    except (UnicodeError, LookupError, ValueError, OverflowError):
        return _windows_1252(data) if name == "cp1252" else None
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
