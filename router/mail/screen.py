"""Screening by the standards' signals: is this a person's mail, or a loop, a report, an automatic answer, spam, a list?

An ordered table of checks; the first that fits decides, and says which header field or part it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from router.mail import dsn
from router.mail import screen_words as words
from router.mail.dsn_text import null_sender
from router.mail.message import Address, Message
from router.mail.screen_fields import AUTO_FIELDS, AUTO_VALUES, LIST_FIELDS, LIST_SENDER, MAILSCANNER, SPAM_VALUES
from router.mail.verdict import Verdict, VerdictName

MAX_RECEIVED: Final = 100

_USABLE: Final = re.compile(r"(?:\"[^\"]+\"|[^\s@<>]+)@[^\s@<>]+")
_NOWHERE: Final = frozenset(
    {"localhost", "localhost.localdomain", "missing_domain", ".syntax-error.", "invalid", "unknown"}
)
_COMMENT: Final = re.compile(r"\([^()]{0,200}\)")


@dataclass(frozen=True, slots=True)
class _Case:
    """A message, its header fields by lower-case name, and the mailbox's own addresses."""

    message: Message
    fields: dict[str, list[str]]
    own: frozenset[str]

    def first(self, name: str) -> str:
        values = self.fields.get(name)
        return values[0] if values else ""


def screen(message: Message, own: frozenset[str]) -> Verdict:
    """What a message is, by the order of the table below; `own` are the mailbox's addr-specs in lower case.

    Only what mail systems and mail programs say of their mail counts; what an admin's rules say comes afterwards.
    """
    fields: dict[str, list[str]] = {}
    for name, value in message.fields:
        fields.setdefault(name.lower(), []).append(value)
    case = _Case(message, fields, own)
    report = dsn.report(message, own)
    for name, checks in _CHECKS:
        if name == "bounce" and report is not None:
            return Verdict("bounce", report.reason, report.failed)
        if name == "reject" and report is not None:
            continue  # a report needs no author: it is attributed to the mail that it reports on
        for check in checks:
            if reason := check(case):
                return Verdict(name, reason)
    return Verdict("accept", "nothing speaks against it")


def _own_author(case: _Case) -> str | None:
    """The envelope sender doesn't count: a mailbox that redirects puts its own there on strangers' mail."""
    own = {_base(mine) for mine in case.own}
    for field, address in (("From", case.message.from_), ("Sender", case.message.sender)):
        if address is not None and _base(address.key) in own:
            return f"{field} is the mailbox's own address {address.key}"
    return None


def _base(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.strip(chr(34)).partition('+')[0]}{at}{domain}"


def _own_mark(case: _Case) -> str | None:
    name = next((name for name in case.fields if name.startswith("x-hero-")), None)
    return f"{name.title()} is the router's own mark" if name else None


def _too_many_hosts(case: _Case) -> str | None:
    count = len(case.fields.get("received", ()))
    return f"{count} Received fields, more than {MAX_RECEIVED}" if count > MAX_RECEIVED else None


def _no_sender(case: _Case) -> str | None:
    message = case.message
    if any(_usable(address) for address in (message.from_, message.sender, *message.reply_to)):
        return None
    if "from" not in case.fields:
        return "there is no From field, nor another sender to answer"
    return "From holds no usable address, nor does another field"


def _usable(address: Address | None) -> bool:
    if address is None or not _USABLE.fullmatch(address.address or ""):
        return False
    return address.domain not in _NOWHERE and not address.domain.endswith((".invalid", ".localdomain"))


def _auto_submitted(case: _Case) -> str | None:
    """RFC 3834, 5: anything but "no", whatever its case, comments and parameters."""
    for value in case.fields.get("auto-submitted", ()):
        keyword = _COMMENT.sub(" ", value).partition(";")[0].strip().lower().strip('"')
        if keyword and keyword != "no":
            return f"Auto-Submitted is {keyword[:40]}"
    return None


def _auto_precedence(case: _Case) -> str | None:
    for name in ("precedence", "x-precedence", "preference"):
        for value in case.fields.get(name, ()):
            if re.sub(r"[\s_-]", "", value.lower()).startswith("autoreply"):
                return f"{name.title()} is auto_reply"
    return None


def _auto_field(case: _Case) -> str | None:
    for name, values in case.fields.items():
        if name[:2] != "x-" or not AUTO_FIELDS.fullmatch(name) or name == "x-auto-response-suppress":
            continue  # the last one only asks others not to answer: it is on persons' mail as well
        if values[0].strip().lower() not in ("no", "false", "0", "none"):
            return f"{name.title()} is present"
    return _value_of(case, AUTO_VALUES)


def _value_of(case: _Case, table: tuple[tuple[str, re.Pattern[str]], ...]) -> str | None:
    for name, pattern in table:
        values = case.fields.get(name)
        if values and any(pattern.match(value[:1000]) for value in values):
            return f"{name.title()} is {case.first(name).strip()[:40]}"
    return None


def _read_receipt(case: _Case) -> str | None:
    """RFC 8098 receipts, and Outlook's in plain words."""
    message = case.message
    if dsn.report_type(message) == "disposition-notification":
        return "Content-Type is multipart/report; report-type=disposition-notification"
    receipt = any(part.content_type.lower().endswith("disposition-notification") for part in message.attachments)
    subject = words.READ_SUBJECT.match(message.subject or "")
    if receipt and (subject or message.content_type.lower() == "multipart/report"):
        return "it holds a part message/disposition-notification"
    if subject and words.READ_PROOF.search(message.text[:1500]):
        return "Subject and body are those of a read receipt"
    return None


def _calendar_answer(case: _Case) -> str | None:
    """An answer to an invitation (iTIP, RFC 5546): METHOD words.REPLY. An invitation itself is a person's mail."""
    content_type = case.first("content-type").lower()
    if "text/calendar" in content_type and re.search(r"method\s*=\s*\"?reply", content_type):
        return "Content-Type is text/calendar; method=REPLY"
    for part in case.message.attachments:
        if part.content_type.lower() in ("text/calendar", "application/ics") and re.search(
            rb"^METHOD:REPLY\s*$", part.content[:5000], re.M | re.I
        ):
            return "the calendar part's METHOD is REPLY"
    # The calendar part may be another form of the body, which a Message doesn't hold.
    if words.INVITATION_ANSWER.match(case.message.subject or "") and words.INVITATION_PROOF.match(
        case.message.text[:1000]
    ):
        return "Subject and body are those of an answer to an invitation"
    return None


def _auto_subject(case: _Case) -> str | None:
    """An out-of-office notice without header fields: its subject begins as mail systems begin it."""
    subject = (case.message.subject or "").strip()
    begins = words.AUTO_SUBJECT.match(subject)
    body = case.message.text[:800]
    sure = begins and begins.group("colon") and not begins.group("weak")
    if sure or (begins and "?" not in body and (words.AWAY.search(body) or words.ABSENT.search(body))):
        return "Subject begins as an automatic reply's"
    author = case.message.from_
    if author is not None and author.name and (match := words.OUT_OF_OFFICE.fullmatch(subject)):
        named = match.group(1).lower().strip(' "')
        if named and (named in author.name.lower() or author.name.lower() in named):
            return "Subject is an out-of-office notice's"
    return None


def _vacation(case: _Case) -> str | None:
    """What vacation(1) and its kin send: an answer, marked only by a Precedence that persons' mail doesn't have."""
    if case.first("precedence").strip().lower() not in ("bulk", "junk") or _list_field(case):
        return None
    answers = case.message.in_reply_to is not None or words.REPLY.match(case.message.subject or "")
    if answers and words.ABSENT.search(case.message.text[:800]):
        return "Precedence and body are those of an out-of-office notice"
    return None


def _null_sender(case: _Case) -> str | None:
    return "Return-Path is empty, as only automatic mail has it" if null_sender(case.message) else None


def _spam_field(case: _Case) -> str | None:
    if reason := _value_of(case, SPAM_VALUES):
        return reason
    for name, values in case.fields.items():
        if (
            "mailscanner" in name
            and MAILSCANNER.fullmatch(name)
            and any(re.match(r"\s*spam\b", value, re.I) for value in values)
        ):
            return f"{name.title()} is spam"
    return None


def _abuse_report(case: _Case) -> str | None:
    """RFC 5965."""
    if dsn.report_type(case.message) == "feedback-report":
        return "Content-Type is multipart/report; report-type=feedback-report"
    if "x-hmxmroriginalrecipient" in case.fields:
        return "X-HmXmrOriginalRecipient marks a complaint"
    if any(part.content_type.lower() == "message/feedback-report" for part in case.message.attachments):
        return "it holds a part message/feedback-report"
    return None


def _list_field(case: _Case) -> str | None:
    name = next((name for name in LIST_FIELDS if case.first(name).strip()), None)
    return f"{name.title()} is present" if name else None


def _list_precedence(case: _Case) -> str | None:
    for value in case.fields.get("precedence", ()):
        if value.strip().lower() in ("list", "bulk", "junk"):
            return f"Precedence is {value.strip().lower()}"
    return None


def _list_sender(case: _Case) -> str | None:
    sender = case.message.sender
    if sender is not None and LIST_SENDER.fullmatch(sender.address):
        return f"Sender is a list's address {sender.key}"
    return None


def _bulk_sender(case: _Case) -> str | None:
    """List-Unsubscribe alone is on persons' mail too, when a customer database sends it."""
    if "list-unsubscribe" not in case.fields:
        return None
    name = next(
        (
            name
            for name in ("list-unsubscribe-post", "feedback-id", "x-campaign-id", "x-mailgun-tag")
            if name in case.fields
        ),
        None,
    )
    return f"List-Unsubscribe and {name.title()} are present" if name else None


_Check = Callable[[_Case], str | None]
_CHECKS: Final[tuple[tuple[VerdictName, tuple[_Check, ...]], ...]] = (
    ("loop", (_own_author, _own_mark, _too_many_hosts)),
    ("reject", (_no_sender,)),
    ("bounce", ()),
    (
        "auto_reply",
        (
            _auto_submitted,
            _auto_precedence,
            _auto_field,
            _read_receipt,
            _calendar_answer,
            _auto_subject,
            _vacation,
            _null_sender,
        ),
    ),
    ("spam", (_spam_field, _abuse_report)),
    ("list", (_list_field, _list_precedence, _list_sender, _bulk_sender)),
)
