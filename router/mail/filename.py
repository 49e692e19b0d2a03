"""A file name from a stranger → one that can do no harm: last path component, no controls, at most 255 bytes."""

from __future__ import annotations

import re
import unicodedata

from router.mail import limits

_SEPARATORS = re.compile(r"[/\\]")
_DRIVE = re.compile(r"[A-Za-z]:(?=.)")
# Controls; and the marks that reorder text, by which "exe" is made to look like "pdf".
_UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def safe_filename(name: str | None) -> str | None:
    """The name to keep, or None if nothing of it is left."""
    if not name:
        return None
    clean = _UNWANTED.sub("", name)
    parts = [part.strip() for part in _SEPARATORS.split(clean) if part.strip()]
    if not parts:
        return None
    last = _DRIVE.sub("", parts[-1], count=1).strip()
    return None if last in ("", ".", "..") else _shortened(last)


def _shortened(name: str) -> str:
    """Cut to the limit in UTF-8 between characters; a short extension stays."""
    if len(name.encode()) <= limits.FILENAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or len(extension.encode()) > 32:
        stem, dot, extension = name, "", ""
    room = limits.FILENAME_BYTES - len((dot + extension).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    while stem and unicodedata.combining(stem[-1]):
        stem = stem[:-1]
    return (stem.rstrip() or "_") + dot + extension
