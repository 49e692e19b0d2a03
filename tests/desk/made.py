"""Values for the desk's tests: a policy on the shipped rules and templates, messages from literals, tickets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from router.desk import letter
from router.desk.actions import Action, Plan, Send
from router.desk.facts import Facts
from router.desk.plan import keys_of, plan, screen_message
from router.desk.policy import Desk, Policy
from router.desk.ticket import TicketView
from router.mail.message import Address, Message
from router.mail.parse import parse
from router.rulebook import book

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
NUMBER = "HERO-2026-000123"
NEXT = "HERO-2026-000124"
HERO = "hero@kemendag.go.id"
CUSTOMER = "budi@luar.example"
AGENT = "aplikasi1.pdsi@kemendag.go.id"
BELIEVED = "Authentication-Results: mx.kemendag.go.id; dmarc=pass header.from=kemendag.go.id\n"


@cache
def policy() -> Policy:
    """The ministry's four mailboxes with what is shipped."""
    rules, faults = book.load(ROOT / "rules", examples=False)
    templates, more = letter.load(ROOT / "templates")
    assert rules, faults
    assert templates, more
    names = ("hero", "ska", "layanandata.pdsi", "orgpeg.pusdatin")
    desks = tuple(Desk(name, Address("HERO Kementerian Perdagangan", f"{name}@kemendag.go.id")) for name in names)
    return Policy(
        organisation="Kementerian Perdagangan",
        desks=desks,
        own=frozenset(desk.address.key for desk in desks),
        internal_domains=("kemendag.go.id",),
        authserv_id="mx.kemendag.go.id",
        require_authentication=True,
        zone=ZoneInfo("Asia/Jakarta"),
        book=rules,
        templates=templates,
        secret=b"k" * 32,
    )


def mail(text: str) -> Message:
    """A message from a literal: header, empty line, body."""
    return parse(text.replace("\n", "\r\n").encode())


def planned(message: Message, mailbox: str = "hero", with_policy: Policy | None = None, **facts: Any) -> Plan:
    """The plan for a message on these facts."""
    chosen = with_policy or policy()
    verdict = screen_message(message, chosen)
    keys_of(message, verdict, chosen)
    return plan(message, verdict, mailbox, replace(Facts(NEXT), **facts), chosen, NOW)


def ticket(**changes: Any) -> TicketView:
    """A forwarded ticket of CUSTOMER with the applications team."""
    made = TicketView(
        number=NUMBER, version=3, status="forwarded", service="A.14", type="kendala", unit="pdsi-aplikasi",
        units=("pdsi-aplikasi",), assignee=None, priority="normal", mailbox="hero", subject="e-SKA error", language="id",
        customer=Address("Budi", CUSTOMER), participants=(Address("Budi", CUSTOMER),),
        opened_at=NOW - timedelta(days=1), first_answer_at=None, resolved_at=None,
        references=("first@luar.example",), agent_references=("card@kemendag.go.id",),
    )  # fmt: skip
    return replace(made, **changes)


def of_kind(plan: Plan, kind: type[Action] | str) -> list[Any]:
    """The plan's actions of a class, or its mails of an X-Hero-Kind."""
    if isinstance(kind, str):
        return [action for action in plan.actions if isinstance(action, Send) and action.mail_kind == kind]
    return [action for action in plan.actions if isinstance(action, kind)]
