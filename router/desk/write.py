"""From a template's name and context to a finished outgoing mail, passed by the gate.

Message-ID and bytes depend only on what is given here, so that planning the same message again writes the same mail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

from router.desk import gate
from router.desk.actions import MailKind, Note, Send
from router.desk.case import Case
from router.desk.contexts import Context
from router.desk.policy import Desk, Policy
from router.mail.compose import Draft, compose
from router.mail.message import Address, Attachment
from router.mail.msgid import make, with_number
from router.rulebook.decision import Languages

TEMPLATE_FAILED = "template_failed"


@dataclass(frozen=True, slots=True)
class Mailing:
    """What is to be written, to whom. `template` and its more specific `variants` are names of templates/.

    `audience` is "customer", "unit" or "operator". `automatic`: made by us, not a person's words (RFC 3834).
    `references` are the msg-ids that the reader has seen, oldest first; the last one is answered.
    """

    kind: MailKind
    template: str
    context: Context
    to: tuple[Address, ...]
    audience: str
    language: Languages = "id"
    variants: tuple[str, ...] = ()
    cc: tuple[Address, ...] = ()
    sender: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    original: bytes | None = field(default=None, repr=False)
    automatic: bool = False
    not_before: datetime | None = None
    held: str | None = None
    unit: str | None = None
    without: tuple[str, ...] = ()


def write(case: Case, mailing: Mailing) -> tuple[Send | Note, ...]:
    """The finished mail; nothing when the gate leaves nobody to send it to. A template that failed is noted as well: a
    plain text of ours went out in its place."""
    return finished(mailing, case.desk, case.policy, case.message.digest, case.now)


def finished(mailing: Mailing, desk: Desk, policy: Policy, cause: str, now: datetime) -> tuple[Send | Note, ...]:
    """As `write`, for mail that no message caused. `cause` is what made it: with template and recipients it names the
    mail, so that the same one gets the same Message-ID. `now` is aware."""
    to = gate.recipients(mailing.to, policy, mailing.without)
    cc = gate.recipients(mailing.cc, policy, (*mailing.without, *to))
    if not to:
        return ()
    number = mailing.context.number
    letter = policy.templates.render(mailing.template, mailing.variants, mailing.language, mailing.context.mapping())
    subject = with_number(letter.subject, number) if number else letter.subject
    message_id = _message_id(mailing, desk, policy, f"{cause}|{mailing.template}|{','.join(to)}")
    attachments, left_out = _within(mailing.attachments, policy.forward_bytes)
    more = _left_out(left_out)
    draft = Draft(
        kind=mailing.kind,
        ticket=number,
        message_id=message_id,
        from_=Address(mailing.sender or desk.address.name, desk.address.address),
        to=_named(to, mailing.to),
        cc=_named(cc, mailing.cc),
        reply_to=(Address("", desk.address.address),) if mailing.kind == "forward" else (),
        subject=subject,
        text=letter.text + more,
        html=_with_more(letter.html, more),
        attachments=attachments,
        original=mailing.original,
        in_reply_to=mailing.references[-1] if mailing.references else None,
        references=mailing.references,
        auto_submitted=mailing.automatic,
        date=now.astimezone(policy.zone),
    )
    send = Send(
        mail_kind=mailing.kind,
        ticket=number,
        audience=mailing.audience,
        envelope_sender="" if mailing.automatic else desk.address.address,
        recipients=(*to, *cc),
        message_id=message_id,
        subject=subject,
        template=letter.template,
        language=mailing.language,
        content=compose(draft),
        text=letter.text,
        automatic=mailing.automatic,
        not_before=mailing.not_before,
        held=mailing.held or policy.hold_all,
        unit=mailing.unit,
    )
    if letter.problem is None or number is None:
        return (send,)
    return send, Note(number, TEMPLATE_FAILED, "router", (("template", mailing.template), ("problem", letter.problem)))


def written(case: Case, mailings: Iterable[Mailing | None]) -> tuple[Send | Note, ...]:
    """The finished mails, in order."""
    return tuple(action for mailing in mailings if mailing for action in write(case, mailing))


def _message_id(mailing: Mailing, desk: Desk, policy: Policy, cause: str) -> str:
    domain = desk.address.domain
    if mailing.context.number:
        return make(mailing.context.number, mailing.kind, cause, domain, policy.secret)
    return f"hero.{mailing.kind}.{hashlib.sha256(cause.encode()).hexdigest()[:24]}@{domain}"


def _named(chosen: Sequence[str], known: Iterable[Address]) -> tuple[Address, ...]:
    names = {address.address: address.name for address in known}
    return tuple(Address(names.get(address, ""), address) for address in chosen)


def _within(attachments: Sequence[Attachment], limit: int) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """Those attachments that fit into `limit` bytes together, and those that don't."""
    kept: list[Attachment] = []
    left_out: list[Attachment] = []
    total = 0
    for item in attachments:
        fits = total + item.size <= limit
        total += item.size if fits else 0
        (kept if fits else left_out).append(item)
    return tuple(kept), tuple(left_out)


def _with_more(html: str | None, more: str) -> str | None:
    """The HTML body with the same addition as the text has."""
    if html is None or not more:
        return html
    inside, end, rest = html.rpartition("</body>")
    return f"{inside}<pre>{escape(more.strip())}</pre>{end}{rest}" if end else None


def _left_out(attachments: Sequence[Attachment]) -> str:
    if not attachments:
        return ""
    names = "\n".join(f"- {item.filename or item.content_type} ({item.size // 1024} KB)" for item in attachments)
    return f"\n\nLampiran terlalu besar untuk diteruskan / Attachments too large to be forwarded:\n{names}\n"
