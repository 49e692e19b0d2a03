"""Composing: a Draft → finished bytes (RFC 5322, 2045-2049), ready for the outbox and for SMTP.

The stdlib's generator walks every line of every part in Python; here big parts are encoded in one go and joined once.
The same Draft always gives the same bytes: boundaries come from the msg-id, the date from the Draft.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from router.mail import field as fields
from router.mail.message import Address, Attachment

REFERENCES_KEPT = 20  # the first, which roots the thread, and the last ones; RFC 5537, 3.4.4 trims the same way

_CRLF = re.compile(r"\r\n|\r|\n")
_SHORT_ASCII = re.compile(rb"(?:[\t\x20-\x7e]{0,76}\r\n)*")
_LONG_LINE = re.compile(rb"[^\r\n]{%d}" % (fields.HARD_LINE + 1))
_BLOCK = 57 * 8192  # whole lines: 57 octets make 76
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,120}")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_CID = re.compile(r"""cid:([^"'\s)>]+)""", re.IGNORECASE)
# What the draft says by its own attributes, and Bcc, which the envelope alone may know.
_OURS = frozenset(
    {"from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references"}
    | {"auto-submitted", "x-auto-response-suppress", "x-hero-ticket", "x-hero-kind"}
    | {"mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id"}
)
# Kinds that answer no message: RFC 3834, 5.1 calls them generated, all other automatic mail replied.
_GENERATED = frozenset({"reminder", "digest", "survey"})


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be written. `kind` is its X-Hero-Kind; msg-ids are bare; `date` is aware.

    `text` and `html` have any line ends. `original` is a received message's bytes, to be attached as it is.
    `auto_submitted` marks it as automatic (RFC 3834) and asks others' machines not to answer.
    `extra` are more header fields, unstructured.
    """

    kind: str
    ticket: str | None
    message_id: str
    from_: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    date: datetime
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    html: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    original: bytes | None = field(default=None, repr=False)
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: bool = False
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One MIME entity: its content fields (each ended by CRLF) and its encoded body."""

    head: str
    body: tuple[bytes, ...] = field(repr=False)  # in pieces: a big file is copied once, when all is joined
    raw: bool = False  # the body is unencoded, so a boundary could stand in it


def compose(draft: Draft) -> bytes:
    """The finished mail: CRLF line ends, 7-bit, no line over 998 octets.

    Raises ValueError for what no mail can hold: an address that isn't `field.sendable`, a bad msg-id, a naive date, or
    an extra field whose name is malformed or belongs to compose itself. Names, subjects and file names never raise.
    """
    part = _body(draft)
    head = "".join(_head(draft)) + "MIME-Version: 1.0\r\n" + part.head + "\r\n"
    return b"".join((head.encode("ascii"), *part.body))


def _head(draft: Draft) -> Iterable[str]:
    if draft.date.tzinfo is None:
        raise ValueError("the date of a mail needs a time zone")
    yield fields.addresses("From", [draft.from_])
    for name, values in (("To", draft.to), ("Cc", draft.cc), ("Reply-To", draft.reply_to)):
        if values:
            yield fields.addresses(name, values)
    yield fields.unstructured("Subject", draft.subject)
    yield f"Date: {format_datetime(draft.date)}\r\n"
    yield from _thread(draft)
    if draft.auto_submitted:
        yield f"Auto-Submitted: {'auto-generated' if draft.kind in _GENERATED else 'auto-replied'}\r\n"
        yield "X-Auto-Response-Suppress: All\r\n"
    if draft.ticket:
        yield fields.unstructured("X-Hero-Ticket", draft.ticket)
    yield fields.unstructured("X-Hero-Kind", draft.kind)
    for name, value in draft.extra:
        if not _FIELD_NAME.fullmatch(name) or name.lower() in _OURS:
            raise ValueError(f"not a field that a draft may add: {name!r}")
        yield fields.unstructured(name, value)


def _thread(draft: Draft) -> Iterable[str]:
    """Message-ID, In-Reply-To, References. What strangers' mail gave as msg-ids and can't be written is left out."""
    if not fields.is_msg_id(draft.message_id):
        raise ValueError(f"not a msg-id: {draft.message_id!r}")
    yield fields.msg_ids("Message-ID", [draft.message_id])
    parent = draft.in_reply_to if draft.in_reply_to and fields.is_msg_id(draft.in_reply_to) else None
    references = [value for value in dict.fromkeys(draft.references) if fields.is_msg_id(value) and value != parent]
    references += [parent] if parent else []
    if parent:
        yield fields.msg_ids("In-Reply-To", [parent])
    if len(references) > REFERENCES_KEPT:
        references = references[:1] + references[1 - REFERENCES_KEPT :]
    if references:
        yield fields.msg_ids("References", references)


def _body(draft: Draft) -> _Part:
    """mixed(alternative(text, related(html, inline images)), attachments, original), each layer only where needed."""
    shown = _shown(draft.html, draft.attachments)
    body = _text(draft.text, "plain")
    if draft.html is not None:
        html = _text(draft.html, "html")
        if shown:
            html = _multipart("related", [html, *map(_attachment, shown)], draft, 'type="text/html"')
        body = _multipart("alternative", [body, html], draft)
    files = [_attachment(item) for item in draft.attachments if item not in shown]
    if draft.original is not None:
        files.append(_message(draft.original, "pesan-asli.eml", "attachment"))
    return _multipart("mixed", [body, *files], draft) if files else body


def _shown(html: str | None, attachments: tuple[Attachment, ...]) -> list[Attachment]:
    """The attachments that the HTML shows by their Content-ID."""
    if not html or not any(item.content_id for item in attachments):
        return []
    wanted = set(_CID.findall(html))
    return [item for item in attachments if item.content_id in wanted and _cid(item)]


def _cid(item: Attachment) -> str | None:
    return item.content_id if item.content_id and fields.is_msg_id(item.content_id) else None


def _multipart(subtype: str, parts: list[_Part], draft: Draft, parameter: str = "") -> _Part:
    boundary = _boundary(draft.message_id, subtype, parts)
    pieces: list[bytes] = []
    for part in parts:
        pieces += (f"--{boundary}\r\n{part.head}\r\n".encode("ascii"), *part.body, b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode("ascii"))
    more = f";\r\n {parameter}" if parameter else ""
    head = f'Content-Type: multipart/{subtype}{more};\r\n boundary="{boundary}"\r\n'
    return _Part(head, tuple(pieces), any(part.raw for part in parts))


def _boundary(message_id: str, subtype: str, parts: list[_Part]) -> str:
    """A boundary that stands in none of the parts. "=_" can't come up in base64 or quoted-printable (RFC 2045, 6.7)."""
    for attempt in range(100):
        mark = "=_" + hashlib.sha256(f"{message_id} {subtype} {attempt}".encode()).hexdigest()[:30]
        if not any(part.raw and any(mark.encode("ascii") in piece for piece in part.body) for part in parts):
            return mark
    raise ValueError("no boundary is free of the message's text")


def _text(text: str, subtype: str) -> _Part:
    lines = _CRLF.sub("\r\n", text)
    data = (lines if lines.endswith("\r\n") else lines + "\r\n").encode("utf-8", "replace")
    if _SHORT_ASCII.fullmatch(data):
        return _Part(
            f"Content-Type: text/{subtype}; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n", (data,), True
        )
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: "
    # b2a_qp takes its soft line break from the first line end of the data, so that there must be one.
    quoted = binascii.b2a_qp(data, istext=True)
    if len(quoted) * 3 > len(data) * 5:
        return _Part(head + "base64\r\n", _base64(data))
    return _Part(head + "quoted-printable\r\n", (quoted,))


def _attachment(item: Attachment) -> _Part:
    disposition = "inline" if item.inline else "attachment"
    content_type = item.content_type.lower()
    if content_type == "message/rfc822":
        return _message(item.content, item.filename or "pesan.eml", disposition)
    # An encoded multipart or message type is forbidden (RFC 2045, 6.4) and would be parsed as one.
    if not _TYPE.fullmatch(content_type) or content_type.startswith(("multipart/", "message/")):
        content_type = "application/octet-stream"
    head = _file_head(content_type, item.filename, disposition, "base64")
    cid = _cid(item)
    return _Part(head + (fields.msg_ids("Content-ID", [cid]) if cid else ""), _base64(item.content))


def _message(raw: bytes, filename: str, disposition: str) -> _Part:
    """A message as an attachment, every byte kept.

    message/rfc822 must not be encoded (RFC 2046, 5.2.1): only one that is 7-bit clean can be sent as such everywhere.
    Any other one travels as a base64 file named .eml, which mail programs open just the same.
    """
    if _seven_bit(raw):
        return _Part(_file_head("message/rfc822", filename, disposition, "7bit"), (raw,), True)
    return _Part(_file_head("application/octet-stream", filename, disposition, "base64"), _base64(raw))


def _seven_bit(raw: bytes) -> bool:
    ends = raw.count(b"\r\n")
    if not raw.isascii() or b"\0" in raw or raw.count(b"\n") != ends or raw.count(b"\r") != ends:
        return False
    return _LONG_LINE.search(raw) is None


def _file_head(content_type: str, filename: str | None, disposition: str, encoding: str) -> str:
    named = fields.clean(filename or "")[:255]
    name, file = fields.filename_parameters(named) if named else ("", "")
    return (
        f"Content-Type: {content_type}{name}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n"
        f"Content-Disposition: {disposition}{file}\r\n"
    )


def _base64(data: bytes) -> tuple[bytes, ...]:
    """Lines of 76 (RFC 2045, 6.8), block by block: the short-lived lines of a big file never exist all at once."""
    return tuple(_base64_lines(data[start : start + _BLOCK]) for start in range(0, len(data), _BLOCK)) or (b"\r\n",)


def _base64_lines(block: bytes) -> bytes:
    coded = binascii.b2a_base64(block, newline=False)
    return b"\r\n".join([coded[i : i + 76] for i in range(0, len(coded), 76)]) + b"\r\n"
