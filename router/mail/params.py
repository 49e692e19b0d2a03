"""Content-Type and Content-Disposition: a value and its parameters (RFC 2045, 2183, 2231), as mail programs write them.

Continuations, percent-encoding and encoded words inside quotes are undone; blanks in unquoted values are kept.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from router.mail import limits
from router.mail.charset import decode
from router.mail.labels import codecs_of
from router.mail.words import text_of, unbroken

_TYPE = re.compile(r"\s*([!-.0-:<-~]{1,100})\s*/\s*([!-.0-:<-~]{1,100}?)\s*(?:[;,(\s]|$)")
_PARAMETER = re.compile(
    r"(?:[;\s]|\([^()]{0,200}\))*+([^\s=;\"]{1,100})\s*=\s*"
    r"(?:\"((?:[^\"\\]|\\.)*)\"[^;]*|\"?([^;]*))",
    re.S,
)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?$")
_PAIR = re.compile(r"\\([\"\\])")
_COMMENT = re.compile(r"\s\([^()]*\)\s*$")


def media_type(value: bytes | None, default: str = "text/plain") -> str:
    """`type/subtype` in lower case; `default` where the field is missing, "text/plain" where it can't be read (RFC 2045, 5.2)."""
    if value is None or not value.strip():
        return default
    found = _TYPE.match(value[:300].decode("latin-1"))
    return f"{found[1]}/{found[2]}".lower() if found else "text/plain"


def token(value: bytes | None) -> str:
    """The first word of a field such as Content-Transfer-Encoding or Content-Disposition, in lower case."""
    words = re.split(rb"[\s;(,\"]+", (value or b"")[:200].strip(b" \t\"'"), maxsplit=1)
    word = words[0].decode("latin-1").lower()
    return "" if "=" in word else word


def parameters(value: bytes | None) -> dict[str, str]:
    """The parameters after the first `;` or blank, names in lower case, values decoded; the first of a name counts."""
    head, _, rest = (value or b"").partition(b";")
    if b"=" in head and head.strip():
        first = head.split(maxsplit=1)[0]
        rest = (value or b"")[0 if b"=" in first else len(head) - len(head.lstrip()) + len(first) :]
    if not rest:
        return {}
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, raw in _pairs(rest.decode("ascii") if rest.isascii() else decode(rest)[0]):
        found = _SECTION.match(name) if "*" in name else None
        if found is None:
            plain.setdefault(name, _text(raw))
        else:
            sections.setdefault(found[1], {}).setdefault(int(found[2] or 0), (raw, found[3] is not None))
    return plain | {name: _assembled(pieces) for name, pieces in sections.items()}


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    position = 0
    while len(pairs) < limits.PARAMETERS and (found := _PARAMETER.match(text, position) or _skip(text, position)):
        position = found.end()
        if found.re is _PARAMETER:
            pairs.append((found[1].lower(), _unquoted(found)))
    return pairs


def _skip(text: str, position: int) -> re.Match[str] | None:
    """What stands between `;` and the next one without being a parameter."""
    return re.compile(r"[^;]*;").match(text, position)


def _unquoted(found: re.Match[str]) -> str:
    if found[2] is not None:
        return _PAIR.sub(r"\1", found[2])
    return _COMMENT.sub("", found[3].strip()).strip()


def _text(raw: str) -> str:
    if "=?" in raw:
        return text_of(raw.encode("utf-8", "replace"))
    return unbroken(raw)


def _names_charset(raw: str, pieces: dict[int, tuple[str, bool]]) -> bool:
    """Whether an unencoded first section bears the charset of the encoded ones after it (some programs forget its mark)."""
    label = raw.partition("'")[0]
    return any(percent for _, percent in pieces.values()) and bool(codecs_of(label) or label.lower() == "us-ascii")


def _assembled(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231, 3 and 4: sections in order; neighbouring encoded ones are decoded together."""
    label = None
    out: list[str] = []
    encoded: list[bytes] = []
    for number, (_, (raw, percent)) in enumerate(sorted(pieces.items())):
        if number == 0 and raw.count("'") >= 2 and (percent or _names_charset(raw, pieces)):
            label, _, raw = raw.split("'", 2)
        if percent:
            encoded.append(unquote_to_bytes(raw))
            continue
        if encoded:
            out.append(decode(b"".join(encoded), label)[0])
            encoded = []
        out.append(raw)
    if encoded:
        out.append(decode(b"".join(encoded), label)[0])
    return _text("".join(out)) if label is None else unbroken("".join(out))
