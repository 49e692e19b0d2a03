"""A leaf of the MIME tree → attachments: its name, its bytes, whether the HTML shows it (RFC 2183, 2387, 2557)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import unquote

from router.mail.filename import safe_filename
from router.mail.message import Attachment
from router.mail.mime import Part, Tree
from router.mail.tnef import Contents, read_tnef
from router.mail.transfer import decoded
from router.mail.uuencode import UuFile
from router.mail.words import text_of

_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_CID = re.compile(r"\Acid:", re.I)
_REFERENCE = re.compile(r"(?:=\s{0,5}|url\(\s{0,5}|(?=cid:))[\"']?\s{0,5}([^\s\"'<>()]{1,1000})", re.I)


class Shown:
    """What the HTML of a message refers to, content-ids and locations; looked for when first asked."""

    def __init__(self, pages: Iterable[str]) -> None:
        self._pages = pages

    @cached_property
    def _references(self) -> frozenset[str]:
        found = (reference for page in self._pages for reference in _REFERENCE.findall(page))
        return frozenset(unquote(_CID.sub("", reference.replace("&amp;", "&"))) for reference in found)

    def holds(self, content_id: str | None, location: str) -> bool:
        """Whether a part with this content-id or location is shown from within the HTML."""
        if not content_id and not location:
            return False
        return bool({location, content_id, unquote(content_id or "")} & self._references)


def name_as_written(part: Part) -> str:
    """The file name that a part bears, "" if none; not safe to use."""
    return part.disposition_params.get("filename") or part.type_params.get("name") or ""


def content_of(tree: Tree, part: Part, *, text: bool = False) -> bytes:
    """What a part's transfer encoding holds; `text` says that readable text is expected."""
    content, defect = decoded(part.data, part.start, part.end, part.encoding, text=text)
    if defect:
        tree.defect(defect)
    return content


def attachments_of(tree: Tree, part: Part, shown: Shown, enclosed: list[Contents]) -> list[Attachment]:
    """A leaf as an attachment; a readable TNEF stream as the files that it holds, and added to `enclosed`."""
    content = content_of(tree, part)
    content_id = text_of(part.header.value("content-id") or b"").strip("<> \t") or None
    location = text_of(part.header.value("content-location") or b"")
    filename = safe_filename(part.disposition_params.get("filename")) or safe_filename(part.type_params.get("name"))
    if part.content_type in _TNEF or (filename or "").lower() == "winmail.dat":
        contents = read_tnef(content)
        enclosed += [contents] if contents else []
        if contents and contents.files:
            return [
                _made(safe_filename(f.name), f.content_type, f.content, False, f.content_id) for f in contents.files
            ]
    inline = part.disposition == "inline" or shown.holds(content_id, location)
    return [_made(filename, "text/plain" if part.is_multipart else part.content_type, content, inline, content_id)]


def uuencoded(file: UuFile) -> Attachment:
    """A file that was found in the text."""
    return _made(safe_filename(text_of(file.name)), "application/octet-stream", file.content, False, None)


def _made(filename: str | None, kind: str, content: bytes, inline: bool, content_id: str | None) -> Attachment:
    return Attachment(filename, kind, len(content), hashlib.sha256(content).hexdigest(), inline, content, content_id)
