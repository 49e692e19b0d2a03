"""One raw message → a `Message`. Never raises; what is wrong with the message is in its defects.

The tree is built here, over the bytes as they came; mail-parser (this module is its only importer) gets the pruned
header and reads the date.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.message import Message as CompatMessage

from mailparser import MailParser

from router.mail import limits
from router.mail.address import mailboxes, name_of
from router.mail.body import Body, read_body
from router.mail.dates import date_of
from router.mail.header import Header, read_header, skip_blank_lines
from router.mail.message import Address, Message
from router.mail.mime import parts_of
from router.mail.msgid import ids_in
from router.mail.words import text_of

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16 = re.compile(rb"(?:\xff\xfe|\xfe\xff|(?:[!-~]\0){4}|(?:\0[!-~]){4})")


def parse(raw: bytes) -> Message:
    """Read a message of RFC 5322 with any line ending, however broken; zero bytes are a message too.

    Bounded by `router.mail.limits`. Strings of the result are valid Unicode without NUL, with "\\n" line ends.
    """
    data, found = _unwrapped(raw)
    header = read_header(data, skip_blank_lines(data, 0), len(data))
    tree = parts_of(data, header)
    subject = header.value("subject")
    body = read_body(tree, None if subject is None else text_of(subject))
    root = [*found, *header.defects, *_repeated(header), *tree.defects]
    return _message(raw, header, body, tree.parts[0].content_type, tuple(dict.fromkeys(root))[: limits.DEFECTS])


def _unwrapped(raw: bytes) -> tuple[bytes, list[str]]:
    """The message without a byte order mark, in an encoding that ASCII is part of."""
    if raw.startswith(_UTF8_BOM):
        return raw[3:], ["the message begins with a byte order mark"]
    if _UTF16.match(raw):
        name = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if raw[1] == 0 else "utf-16-be"
        return raw.decode(name, "replace").encode("utf-8", "replace"), ["the message is stored in UTF-16"]
    return raw, [] if raw else ["the message is empty"]


def _repeated(header: Header) -> list[str]:
    """RFC 5322, 3.6: the fields that may stand there once."""
    names = [name.lower() for name, _ in header.fields]
    once = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "Sender", "Reply-To", "In-Reply-To", "References")
    return (
        [f"several {name} fields" for name in once if names.count(name.lower()) > 1]
        if len(set(names)) != len(names)
        else []
    )


def _message(raw: bytes, header: Header, body: Body, content_type: str, defects: tuple[str, ...]) -> Message:
    values: dict[str, list[bytes]] = {}
    for name, value in header.fields:
        values.setdefault(name.lower(), []).append(value)
    texts = {
        key: [text_of(value) for value in values.get(key, ())]
        for key in ("message-id", "in-reply-to", "references", "subject")
    }
    date = _date(values)
    if date is None and values.get("date"):
        defects = (*defects, "the date cannot be read")
    return Message(
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message_id=_first_id(texts["message-id"]),
        in_reply_to=_first_id(texts["in-reply-to"]),
        references=tuple(bare for value in texts["references"] for bare in ids_in(value)),
        subject=texts["subject"][0] if texts["subject"] else None,
        from_=_author(values),
        sender=next(iter(_addresses(values, "sender")), None),
        reply_to=_addresses(values, "reply-to"),
        to=_addresses(values, "to"),
        cc=_addresses(values, "cc"),
        date=date,
        content_type=content_type,
        text=body.text,
        new_text=body.new_text,
        html=body.html,
        attachments=tuple(body.attachments),
        fields=tuple((name, text_of(value)) for name, value in header.fields),
        defects=defects,
    )


def _first_id(values: list[str]) -> str | None:
    return next((bare for value in values for bare in ids_in(value)), None)


def _addresses(values: dict[str, list[bytes]], name: str) -> tuple[Address, ...]:
    return tuple(mailbox for value in values.get(name, ()) for mailbox in mailboxes(value))


def _author(values: dict[str, list[bytes]]) -> Address | None:
    """The first author of the topmost From field; with the address "" where that field holds none."""
    if "from" not in values:
        return None
    topmost = values["from"][0]
    return next(iter(mailboxes(topmost)), None) or Address(name_of(topmost), "")


def _date(values: dict[str, list[bytes]]) -> datetime | None:
    if not values.get("date"):
        return None
    text = text_of(values["date"][0])[:300]
    pruned = CompatMessage()
    pruned["Date"] = text.encode("ascii", "replace").decode("ascii")
    read = MailParser(pruned)
    return date_of(text, read.date, frozenset(defect["reason"] for defect in read.date_header_defects))
