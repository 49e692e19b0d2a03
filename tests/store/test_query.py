from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from router.mail.message import Address, Attachment
from router.store import query
from router.store.database import Store
from router.store.query import TicketFilter
from tests.store.build import NOW, decision, message, new_ticket, opened, plan, raw_mail, reply, send

ONE, TWO, THREE = "HERO-2026-000001", "HERO-2026-000002", "HERO-2026-000003"
BUDI = Address("Budi 100%", "budi@Other.example")


@pytest.fixture
def some(store: Store) -> Store:
    """Two tickets of Ani's, and one of Budi's a day later."""
    store.commit("hero", 7, [new_ticket(1, ONE), new_ticket(2, TWO)], NOW)
    routed = decision(service="A.2", type="permohonan", unit="biro-2", confidence="unsure")
    theirs = opened(THREE, customer=BUDI, participants=(BUDI,), status="triage", decision=routed)
    entry = replace(new_ticket(3, THREE), plan=plan("ticket", THREE, theirs, decision=routed))
    store.commit("ska", 1, [entry], NOW + timedelta(days=1))
    return store


FILTERS = {
    TicketFilter(): [THREE, TWO, ONE],
    TicketFilter(limit=1): [THREE],
    TicketFilter(status=("triage",)): [THREE],
    TicketFilter(status=("triage", "forwarded")): [THREE, TWO, ONE],
    TicketFilter(service="A.14"): [TWO, ONE],
    TicketFilter(type="permohonan"): [THREE],
    TicketFilter(unit="biro-2"): [THREE],
    TicketFilter(customer="ANI@customer.example"): [TWO, ONE],
    TicketFilter(customer="@other"): [THREE],
    TicketFilter(customer="0%"): [THREE],
    TicketFilter(customer="100x"): [],
    TicketFilter(opened_from=NOW + timedelta(days=1)): [THREE],
    TicketFilter(opened_before=NOW + timedelta(days=1)): [TWO, ONE],
}


@pytest.mark.parametrize("wanted", FILTERS)
def test_tickets_are_listed_newest_first_by_each_filter(some: Store, wanted: TicketFilter) -> None:
    assert [t["number"] for t in some.tickets(wanted)] == FILTERS[wanted]


def test_a_listed_ticket_has_the_keys_of_the_contract(some: Store) -> None:
    assert next(some.tickets()) == {
        "number": THREE, "service": "A.2", "type": "permohonan", "status": "triage", "unit": "biro-2", "assignee": None,
        "priority": "normal", "customer": {"name": "Budi 100%", "address": "budi@Other.example"}, "mailbox": "ska",
        "subject": "Printer", "opened_at": "2026-03-04T10:00:00.000000+00:00", "first_answer_at": None, "due_at": None,
        "resolved_at": None, "confidence": "unsure", "rules_version": "abc",
    }  # fmt: skip


def test_a_shown_ticket_has_its_people_decision_and_messages(some: Store) -> None:
    shown = some.ticket_show(ONE)
    assert shown is not None
    assert shown["participants"] == [{"name": "Ani", "address": "Ani@Customer.example"}]
    assert shown["decision"]["reasons"][0]["words"] == ["rusak"]
    kinds = [(m["direction"], m["kind"]) for m in shown["messages"]]
    assert kinds == [("in", "accept"), ("out", "acknowledgement"), ("out", "forward")]
    first, second, _third = shown["messages"]
    assert (first["from"], first["subject"]) == ({"name": "Ani", "address": "Ani@Customer.example"}, "1")
    assert first["to"] == [{"name": "", "address": "help@desk.example"}]
    assert (second["from"], second["states"]) == ({"name": "HERO", "address": "help@desk.example"}, ["waiting"])
    assert some.ticket_show("HERO-2026-000009") is None


def test_attachments_are_told_for_mail_in_and_out(store: Store) -> None:
    scan = Attachment("a.pdf", "application/pdf", 3, sha256(b"pdf").hexdigest(), False, b"pdf")
    mail = EmailMessage()
    mail["From"] = "HERO <help@desk.example>"
    mail.set_content("Halo")
    mail.add_attachment(b"pdf", maintype="application", subtype="pdf", filename="a.pdf")
    entry = new_ticket(1, ONE)
    actions = (opened(ONE), send("forward", ONE, content=mail.as_bytes()))
    store.commit(
        "hero", 7, [replace(entry, message=message(1, attachments=(scan,)), plan=plan("ticket", ONE, *actions))], NOW
    )
    shown = store.ticket_show(ONE)
    assert shown is not None
    told = {"filename": "a.pdf", "content_type": "application/pdf", "size": 3, "sha256": scan.sha256, "inline": False}
    assert [m["attachments"] for m in shown["messages"]] == [[told], [told]]


def test_the_outbox_is_listed_with_the_keys_of_the_contract(some: Store) -> None:
    row = next(some.outbox_list())
    assert {k: row[k] for k in ("id", "kind", "ticket", "to", "state", "attempts", "last_error", "message_id")} == {
        "id": 1, "kind": "acknowledgement", "ticket": ONE, "to": ["Ani@Customer.example"], "state": "waiting", "attempts": 0,
        "last_error": None, "message_id": f"hero.acknowledgement.{ONE}@desk.example",
    }  # fmt: skip
    assert row["next_attempt_at"] == "2026-03-03T10:00:00.000000+00:00"
    assert [r["ticket"] for r in some.outbox_list(ticket=TWO, limit=1)] == [TWO]


def test_the_opening_message_is_found_behind_later_ones(some: Store) -> None:
    some.commit("hero", 7, [reply(9, ONE, 1)], NOW)
    assert some.opening(ONE) == raw_mail(1)
    assert some.raw(999) is None


def test_lists_go_on_from_page_to_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "PAGE", 3)
    numbers = [f"HERO-2026-{n:06d}" for n in range(1, 8)]
    store.commit("hero", 7, [new_ticket(n, number) for n, number in enumerate(numbers, 1)], NOW)
    assert [t["number"] for t in store.tickets()] == numbers[::-1]
    assert [t["number"] for t in store.tickets(TicketFilter(limit=6))] == numbers[:0:-1]
    assert [row["id"] for row in store.outbox_list()] == list(range(1, 15))
    assert [row["id"] for row in store.outbox_list(limit=4)] == [1, 2, 3, 4]
    assert list(store.outbox_list(limit=0)) == []


def test_a_list_that_is_read_slowly_holds_nothing_open(store: Store, path: Path) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE), new_ticket(2, TWO)], NOW)
    listed = store.tickets()
    assert next(listed)["number"] == TWO
    with sqlite3.connect(path) as connection:
        busy, _log, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy == 0
    assert next(listed)["number"] == ONE
