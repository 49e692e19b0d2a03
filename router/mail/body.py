"""Parts → what is read and what is attached (RFC 2046): which leaf is text, which alternative is taken.

Worked out from the leaves upward, over the list of parts; nothing recurses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from router.mail import limits
from router.mail.attached import Shown, attachments_of, content_of, name_as_written, uuencoded
from router.mail.charset import decode
from router.mail.flowed import unflowed
from router.mail.html import html_to_text
from router.mail.message import Attachment
from router.mail.mime import Part, Tree
from router.mail.region import new_text, new_text_of_html
from router.mail.tnef import Contents
from router.mail.uuencode import UuFile, files_in

_PLAIN = frozenset({"text/plain", "text/markdown", "text/x-markdown", "text/x-plain", "plain/text"})
_NO_BODY = frozenset(
    f"text/{kind}" for kind in ("calendar", "vcard", "x-vcard", "directory", "rtf", "csv", "css", "xml")
)
_NO_BODY |= {"text/javascript", "text/rfc822-headers"}
_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_COMMAND = re.compile(r"<(?:param>.{0,200}?</param|/?[A-Za-z-]{1,60})>", re.I)
_VISIBLE = re.compile(r"[^\s\u200b-\u200d\u2060\ufeff\u00ad\u034f\u2800\u3164]")
_BREAK = re.compile("\r{0,2}\n|\r")


@dataclass(slots=True)
class Piece:
    """A readable leaf: its text, or its HTML as sent and (once asked for) the text of that."""

    html: str | None
    plain: str | None
    limit: int = limits.HTML_CHARS  # of the HTML that is looked at
    rendered: str | None = None

    @property
    def visible(self) -> str:
        return (self.html or "")[: self.limit]

    @property
    def text(self) -> str:
        if self.plain is None:
            if self.rendered is None:
                self.rendered = clean(html_to_text(self.visible))
            return self.rendered
        return self.plain

    @property
    def blank(self) -> bool:
        return _VISIBLE.search(self.text) is None


@dataclass(slots=True)
class Body:
    """What a message holds: its text, the sender's new words, its HTML, its attachments."""

    text: str = ""
    new_text: str = ""
    html: str | None = None
    attachments: list[Attachment] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    tree: Tree
    room: int = limits.TEXT_BYTES
    html_room: int = limits.HTML_CHARS
    pieces: list[list[Piece]] = field(default_factory=list)
    files: dict[int, list[UuFile]] = field(default_factory=dict)
    all_html: list[Piece] = field(default_factory=list)


def clean(text: str) -> str:
    """Text with "\\n" for every line end and without NUL."""
    if "\r" in text:
        text = _BREAK.sub("\n", text)
    return text.replace("\0", "") if "\0" in text else text


def read_body(tree: Tree, subject: str | None) -> Body:
    """The text and the attachments of all parts; what was wrong is added to the tree's defects.

    The `subject` helps to tell a forwarded message from a quoted one.
    """
    reader = _Reader(tree)
    attached = _attached_containers(tree)
    leaves = [_is_leaf(tree, i) for i in range(len(tree.parts))]
    readable = [leaf and _is_text(tree, i, attached) for i, leaf in enumerate(leaves)]
    reader.pieces = [[_piece(reader, i)] if text else [] for i, text in enumerate(readable)]
    _gather(reader)
    chosen = [piece for piece in reader.pieces[0] if not piece.blank]
    body = Body(html=next((p.html for p in reader.all_html if p.html and p.html.strip()), None))
    shown = Shown(piece.visible for piece in reader.all_html)
    enclosed: list[Contents] = []
    for i, part in enumerate(tree.parts):
        if leaves[i] and not readable[i] and not _is_other_form(tree, i):
            body.attachments += attachments_of(tree, part, shown, enclosed)
        body.attachments += map(uuencoded, reader.files.get(i, ()))
    if not chosen:
        chosen = [Piece(c.html, c.text) for c in enclosed if c.text or c.html][:1]
    _write(body, chosen or reader.pieces[0][:1], subject)
    return body


def _write(body: Body, pieces: list[Piece], subject: str | None) -> None:
    texts = [piece.text for piece in pieces]
    body.text = "\n\n".join([*(text.rstrip("\n") for text in texts[:-1]), *texts[-1:]])
    if len(pieces) == 1 and pieces[0].plain is None:
        body.html = body.html or pieces[0].html
    marked = [new_text_of_html(p.visible, subject) if p.plain is None else None for p in pieces[: limits.MARKED_PIECES]]
    if len(pieces) > len(marked) or not any(new is not None for new in marked):
        # A quote below more text than is looked through stays: better than to lose words of the sender.
        body.new_text = clean(new_text(body.text[: limits.NEW_TEXT_CHARS], subject))
        return
    # Markup says what is quoted in its own piece only: what a gateway or the sender put below it stands for itself.
    own = (
        new if new is not None else new_text(piece.text[: limits.NEW_TEXT_CHARS], subject)
        for new, piece in zip(marked, pieces, strict=True)
    )
    body.new_text = clean("\n\n".join(filter(None, own)))


def _is_leaf(tree: Tree, index: int) -> bool:
    part = tree.parts[index]
    return not part.is_multipart or index in tree.unsplit


def _attached_containers(tree: Tree) -> list[bool]:
    """For each part, whether it lies in a multipart that is attached as a whole."""
    attached: list[bool] = []
    for part in tree.parts:
        above = part.parent >= 0 and attached[part.parent]
        attached.append(above or (part.is_multipart and part.disposition == "attachment"))
    return attached


def _is_readable(part: Part) -> bool:
    """Whether the kind of a leaf is one to read; of an unknown kind of text (RFC 2046, 4.1.4) where it is all there is."""
    if part.content_type in _PLAIN or part.content_type == "text/html":
        return True
    return part.parent < 0 and part.content_type.startswith("text/") and part.content_type not in _NO_BODY


def _is_text(tree: Tree, index: int, attached: list[bool]) -> bool:
    """Whether a leaf is body text: plain or HTML, neither attached nor named, no resource of a related part."""
    part = tree.parts[index]
    if index not in tree.unsplit and not _is_readable(part):
        return False
    if attached[index] or part.disposition not in ("", "inline", "infile"):
        return False
    if part.parent < 0:
        return not (part.disposition and name_as_written(part))
    if name_as_written(part):
        return False
    return not _is_resource(tree.parts[part.parent], part, first=index == part.parent + 1)


def _is_resource(above: Part, part: Part, *, first: bool) -> bool:
    """Whether a part is there to be shown from within its multipart/related (RFC 2387), not the root of it."""
    content_id = part.header.value("content-id")
    if above.content_type != "multipart/related" or content_id is None:
        return False
    start = above.type_params.get("start", "").strip("<> ").encode()
    return content_id.strip(b"<> ") != start if start else not first


def _is_other_form(tree: Tree, index: int) -> bool:
    """Whether a leaf that is no text is one form of an alternative (an invitation beside its description)."""
    part = tree.parts[index]
    if (
        part.parent < 0
        or tree.parts[part.parent].content_type != "multipart/alternative"
        or part.disposition == "attachment"
    ):
        return False
    return part.content_type.startswith("text/") or not name_as_written(part)


def _piece(reader: _Reader, index: int) -> Piece:
    part = reader.tree.parts[index]
    content = content_of(reader.tree, part, text=True)
    html = part.content_type == "text/html"
    if not html and b"begin " in content:
        files, content = files_in(content)
        if files:
            reader.files[index] = files
    if len(content) > reader.room:
        reader.tree.defect("the text is too long and was cut off")
        content = content[: reader.room]
    reader.room -= len(content)
    text, fits = decode(content, part.type_params.get("charset"), html=html)
    if not fits:
        reader.tree.defect("the text is not in the charset that it names")
    text = clean(text)
    if not html:
        if part.content_type in _ENRICHED:
            text = _COMMAND.sub("", text).replace("<<", "<")
        flowed = part.type_params.get("format", "").lower() == "flowed"
        return Piece(None, unflowed(text, part.type_params.get("delsp", "").lower() == "yes") if flowed else text)
    # Images written into the HTML are skipped by whoever reads it; they don't count here.
    limit = len(text) if "base64," in text and reader.html_room else min(len(text), reader.html_room)
    if limit < len(text):
        reader.tree.defect("the HTML is too long and was cut off")
    reader.html_room = max(0, reader.html_room - limit)
    piece = Piece(text, None, limit)
    reader.all_html.append(piece)
    return piece


def _gather(reader: _Reader) -> None:
    """Hand the pieces of each part to the one above it, the last part first; an alternative hands on one form."""
    parts = reader.tree.parts
    below: list[list[list[Piece]]] = [[] for _ in parts]
    for i in range(len(parts) - 1, -1, -1):
        if parts[i].is_multipart and i not in reader.tree.unsplit:
            forms = below[i][::-1]
            below[i] = []
            if parts[i].content_type == "multipart/alternative":
                reader.pieces[i] = _best(forms)
            elif len(forms) == 1:
                reader.pieces[i] = forms[0]
            else:
                reader.pieces[i] = [piece for form in forms for piece in form]
        if parts[i].parent >= 0 and reader.pieces[i]:
            below[parts[i].parent].append(reader.pieces[i])


def _best(forms: list[list[Piece]]) -> list[Piece]:
    """The plain form, unless it is blank; else the last that isn't blank."""
    for form in forms:
        if all(piece.plain is not None for piece in form) and not all(piece.blank for piece in form):
            return form
    return next((form for form in reversed(forms) if not all(piece.blank for piece in form)), forms[0] if forms else [])
