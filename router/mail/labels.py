"""Charset labels as mail programs write them → the Python codecs that they may mean.

Where mail and the standards part, mail decides, as in the WHATWG encoding table: the label of a small charset is read as
the vendor's larger one (`gb2312` as GB 18030, `iso-8859-1` as Windows-1252).
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

CHINESE = ("gb18030", "gbk")
KOREAN = ("cp949", "johab")
JAPANESE = ("cp932", "shift_jis_2004")
TRADITIONAL = ("big5hkscs", "cp950")
ISO_2022_JP = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004", "iso2022_jp_2")

# Labels in lower case with "-" for "_"; the codecs are tried in order.
_TABLE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        CHINESE,
        "gb2312 gb-2312 gb2312-80 gb-2312-80 csgb2312 iso-ir-58 euc-cn x-euc-cn gbk x-gbk cp936 ms936 windows-936",
    ),
    (CHINESE, "x-cp936 gb18030 gb-18030 chinese cn-gb"),
    (KOREAN, "ks-c-5601-1987 ks-c-5601-1989 ks-c-5601 ks-c5601 ksc5601 ksc-5601 ksc5601-1987 korean iso-ir-149 euc-kr"),
    (KOREAN, "x-euc-kr euckr cp949 ms949 uhc windows-949 x-windows-949"),
    (
        JAPANESE,
        "shift-jis shiftjis sjis x-sjis s-jis ms-kanji csshiftjis windows-31j cswindows31j cp932 ms932 x-ms-cp932",
    ),
    (TRADITIONAL, "big5 big-5 cn-big5 x-x-big5 csbig5 big5-hkscs big5hkscs cp950 ms950 windows-950"),
    (ISO_2022_JP, "iso-2022-jp iso2022jp csiso2022jp cp50220 cp50221 iso-2022-jp-ms jis"),
    (("euc_jp", "euc_jis_2004"), "euc-jp x-euc-jp x-euc eucjp euc-jp-ms cp51932"),
    (
        ("cp1252",),
        "iso-8859-1 iso8859-1 iso88591 iso-88591 iso-8859 iso8859 latin1 latin-1 l1 csisolatin1 iso-ir-100 cp819",
    ),
    (
        ("cp1252",),
        "ansi ansi-x3.110-1983 windows-1252 windows1252 win-1252 cp1252 x-cp1252 x-ansi western 8859-1 windows",
    ),
    (("cp1254",), "iso-8859-9 iso8859-9 iso88599 latin5 l5 csisolatin5 windows-1254 cp1254"),
    (("cp874",), "tis-620 tis620 iso-8859-11 iso8859-11 windows-874 cp874 x-windows-874"),
    (("iso8859_8",), "iso-8859-8-i iso-8859-8-e logical visual csiso88598i"),
    (("iso8859_6",), "iso-8859-6-i iso-8859-6-e asmo-708"),
    (("utf-8",), "utf-8 utf8 utf-8-sig unicode-1-1-utf-8 utf-8-mac utf8mb4 utf utf-8n cp65001 x-utf-8"),
    (("utf-7",), "utf-7 utf7 unicode-1-1-utf-7 csunicode11utf7 x-unicode-2-0-utf-7"),
    (("utf-16",), "unicode ucs-2 iso-10646-ucs-2"),
    (("mac_roman",), "macintosh x-mac-roman mac csmacintosh x-mac"),
    (("hz",), "hz-gb-2312 hz"),
    (("koi8_r",), "koi8 koi8r koi koi8-ru"),
    (("iso2022_kr",), "iso-2022-kr csiso2022kr"),
)
_ALIASES = {label: names for names, labels in _TABLE for label in labels.split()}
# Python codecs that are no charsets of text, cost more than linear time, or don't exist everywhere.
_REFUSED = frozenset(
    ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap")
)
_NOISE = re.compile(r"[\s\"'<>;,()\[\]]+")
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|ibm|windows|win|ms|dos)-?(\d{3,4})(?:-\w{0,10})?$")


@lru_cache(maxsize=512)
def codecs_of(label: str) -> tuple[str, ...]:
    """The Python codecs that a charset label of mail may mean, in the order to try; () for a label that says nothing.

    US-ASCII says nothing too: bytes beyond it have to speak for themselves.
    """
    name = _NOISE.sub("", label[:100].partition("*")[0]).lower().replace("_", "-")
    if known := _ALIASES.get(name):
        return known
    if page := _CODE_PAGE.match(name):
        name = f"cp{int(page[1])}"
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ()
    codec = found.name.replace("-", "_")
    if not getattr(found, "_is_text_encoding", True) or codec in _REFUSED or codec == "ascii":
        return ()
    return _ALIASES.get(found.name, _ALIASES.get(codec.replace("_", "-"), (codec,)))
