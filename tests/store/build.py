"""Small values for the store's tests: messages, decisions, plans."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from router.desk.actions import Action, AddToTicket, ChangeTicket, Ignore, OpenTicket, Plan, Quarantine, Send
from router.mail.message import Address, Message
from router.mail.verdict import Verdict
from router.rulebook.decision import Candidate, Decision, Reason
from router.store.rows import Entry

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
ANI = Address("Ani", "Ani@Customer.example")
UNIT = "unit@desk.example"
ACCEPT = Verdict("accept", "nothing speaks against it")


def raw_mail(n: int, body: str = "Printer saya rusak.") -> bytes:
    """The bytes of mail number n."""
    return f"From: Ani <Ani@Customer.example>\r\nMessage-ID: <m{n}@customer.example>\r\nSubject: {n}\r\n\r\n{body}\r\n".encode()


def message(n: int, raw: bytes | None = None, **changes: Any) -> Message:
    """Mail number n, parsed."""
    content = raw_mail(n) if raw is None else raw
    values: dict[str, Any] = {
        "digest": sha256(content).hexdigest(), "size": len(content), "message_id": f"m{n}@customer.example",
        "in_reply_to": None, "references": (), "subject": str(n), "from_": ANI, "sender": None, "reply_to": (),
        "to": (Address("", "help@desk.example"),), "cc": (), "date": NOW, "content_type": "text/plain",
        "text": "Printer saya rusak.", "new_text": "Printer saya rusak.", "html": None, "attachments": (), "fields": (),
    }  # fmt: skip
    return Message(**(values | changes))


def decision(**changes: Any) -> Decision:
    """A sure decision for A.14."""
    values: dict[str, Any] = {
        "service": "A.14", "type": "kendala", "stated_type": None, "audience": "external", "eligible": True,
        "letter": "not-required", "priority": "normal", "unit": "biro-osdm", "confidence": "sure", "score": 0.9,
        "alternatives": (Candidate("A.14", 0.9), Candidate("A.2", 0.1)),
        "reasons": (Reason("A.14.rusak", "services.toml", 12, ("rusak",), "body", 2.0),), "rules_version": "abc",
    }  # fmt: skip
    return Decision(**(values | changes))


def opened(number: str, **changes: Any) -> OpenTicket:
    """A ticket of Ani's that went to a unit."""
    values: dict[str, Any] = {
        "number": number, "subject": "Printer", "customer": ANI, "participants": (ANI,), "language": "id",
        "status": "forwarded", "decision": decision(), "summary": "Printer rusak",
    }  # fmt: skip
    return OpenTicket(**(values | changes))


def send(kind: str, number: str | None, *recipients: str, **changes: Any) -> Send:
    """A finished mail; its bytes say what it is."""
    to = recipients or (ANI.address,)
    msg_id = changes.pop("message_id", f"hero.{kind}.{number}@desk.example")
    content = (
        f"From: HERO <help@desk.example>\r\nTo: {', '.join(to)}\r\nMessage-ID: <{msg_id}>\r\n\r\n{kind} {number}\r\n"
    )
    values: dict[str, Any] = {
        "mail_kind": kind, "ticket": number, "audience": "unit" if UNIT in to else "customer", "envelope_sender": "",
        "recipients": to, "message_id": msg_id, "subject": f"[{number}] Printer", "template": kind, "language": "id",
        "content": content.encode(), "text": kind, "automatic": kind in {"acknowledgement", "notice"},
    }  # fmt: skip
    return Send(**(values | changes))


def plan(outcome: str, number: str | None, *actions: Action, **changes: Any) -> Plan:
    """A plan of some actions."""
    values: dict[str, Any] = {"verdict": ACCEPT, "reason": "because", "decision": None}
    return Plan(outcome=outcome, ticket=number, actions=actions, **(values | changes))  # type: ignore[arg-type]


def new_ticket(uid: int, number: str, n: int | None = None, *more: Action) -> Entry:
    """Mail n (the UID's, if not given) opens a ticket with an acknowledgement and a forward."""
    n = uid if n is None else n
    actions = (opened(number), send("acknowledgement", number), send("forward", number, UNIT), *more)
    return Entry(uid, raw_mail(n), message(n), plan("ticket", number, *actions, decision=decision()), len(raw_mail(n)))


def reply(uid: int, number: str, version: int, *more: Action, role: str = "customer", n: int | None = None) -> Entry:
    """Mail n adds to a ticket."""
    n = uid if n is None else n
    added = AddToTicket(number, version, role, True)
    return Entry(uid, raw_mail(n), message(n), plan("reply", number, added, *more), len(raw_mail(n)))


def change(number: str, version: int, **changes: Any) -> ChangeTicket:
    """A change by an agent."""
    return ChangeTicket(number, version, tuple(changes.items()), "asked for", "agent@desk.example")


def ignored(uid: int, outcome: str = "screened", duplicate_of: int | None = None, n: int | None = None) -> Entry:
    """Mail n needs nothing."""
    n = uid if n is None else n
    nothing = plan(outcome, None, Ignore("nothing to do"), duplicate_of=duplicate_of)
    return Entry(uid, raw_mail(n), message(n), nothing, len(raw_mail(n)))


def quarantined(uid: int, stage: str = "plan", n: int | None = None) -> Entry:
    """Mail n could not be handled."""
    n = uid if n is None else n
    return Entry(uid, raw_mail(n), message(n), plan("quarantined", None, Quarantine(stage, "boom")), len(raw_mail(n)))
