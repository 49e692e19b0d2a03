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
from router.mail.mime import Tree, parts_of
from router.mail.msgid import ids_in
from router.mail.words import text_of

_UTF8_BOM = b"\xef\xbb\xbf"
_ONCE = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "Sender", "Reply-To", "In-Reply-To", "References")
_UTF16 = re.compile(rb"(?:\xff\xfe|\xfe\xff|(?:[!-~]\0){4}|(?:\0[!-~]){4})")


def parse(raw: bytes) -> Message:
    """Read a message of RFC 5322 with any line ending, however broken; zero bytes are a message too.

    Bounded by `router.mail.limits`. Strings of the result are valid Unicode without NUL, with "\\n" line ends.
    """
    data, found = _unwrapped(raw)
    header = read_header(data, skip_blank_lines(data, 0), len(data))
    tree = parts_of(data, header)
    fields = _Fields(header, _charset(tree))
    body = read_body(tree, fields.text("subject"))
    defects = [*found, *header.defects, *fields.repeated(), *tree.defects]
    return _message(raw, fields, body, tree.parts[0].content_type, defects)


def _unwrapped(raw: bytes) -> tuple[bytes, list[str]]:
    """The message without a byte order mark, in an encoding that ASCII is part of."""
    if raw.startswith(_UTF8_BOM):
        return raw[3:], ["the message begins with a byte order mark"]
    if _UTF16.match(raw):
        name = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-le" if raw[1] == 0 else "utf-16-be"
        return raw.decode(name, "replace").encode("utf-8", "replace"), ["the message is stored in UTF-16"]
    return raw, [] if raw else ["the message is empty"]


def _charset(tree: Tree) -> str | None:
    """The charset that the first text names."""
    labels = (
        part.type_params.get("charset") for part in tree.parts if part.content_type.startswith(("text/", "multipart/"))
    )
    return next(filter(None, labels), None)


class _Fields:
    """The message's own header fields: as they came by name, and decoded in order."""

    def __init__(self, header: Header, hint: str | None) -> None:
        self.hint = hint
        self.decoded = tuple((name, text_of(value, hint)) for name, value in header.fields)
        self.raw: dict[str, list[bytes]] = {}
        self.texts: dict[str, list[str]] = {}
        for (name, value), (_, text) in zip(header.fields, self.decoded, strict=True):
            self.raw.setdefault(name.lower(), []).append(value)
            self.texts.setdefault(name.lower(), []).append(text)

    def text(self, name: str) -> str | None:
        """The decoded value of the topmost field of that name."""
        return self.texts[name][0] if name in self.texts else None

    def ids(self, name: str) -> tuple[str, ...]:
        return tuple(bare for text in self.texts.get(name, ()) for bare in ids_in(text))

    def addresses(self, name: str) -> tuple[Address, ...]:
        return tuple(mailbox for value in self.raw.get(name, ()) for mailbox in mailboxes(value, self.hint))

    def author(self) -> Address | None:
        """The first author of the topmost From field; with the address "" where that field holds none."""
        if "from" not in self.raw:
            return None
        topmost = self.raw["from"][0]
        return next(iter(mailboxes(topmost, self.hint)), None) or Address(name_of(topmost, self.hint), "")

    def date(self) -> datetime | None:
        text = self.text("date")
        if text is None:
            return None
        pruned = CompatMessage()
        pruned["Date"] = text[:300].encode("ascii", "replace").decode("ascii")
        read = MailParser(pruned)
        return date_of(text, read.date, frozenset(defect["reason"] for defect in read.date_header_defects))

    def repeated(self) -> list[str]:
        """RFC 5322, 3.6: the fields that may stand there once."""
        return [f"several {name} fields" for name in _ONCE if len(self.raw.get(name.lower(), ())) > 1]


def _message(raw: bytes, fields: _Fields, body: Body, content_type: str, defects: list[str]) -> Message:
    date = fields.date()
    if date is None and "date" in fields.raw:
        defects.append("the date cannot be read")
    return Message(
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        message_id=next(iter(fields.ids("message-id")), None),
        in_reply_to=next(iter(fields.ids("in-reply-to")), None),
        references=fields.ids("references"),
        subject=fields.text("subject"),
        from_=fields.author(),
        sender=next(iter(fields.addresses("sender")), None),
        reply_to=fields.addresses("reply-to"),
        to=fields.addresses("to"),
        cc=fields.addresses("cc"),
        date=date,
        content_type=content_type,
        text=body.text,
        new_text=body.new_text,
        html=body.html,
        attachments=tuple(body.attachments),
        fields=fields.decoded,
        defects=tuple(dict.fromkeys(defects))[: limits.DEFECTS],
    )
