from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from router.desk.actions import Note
from router.desk.facts import Keys
from router.mail.message import Address
from router.store.commit import Conflict, Failure, Stale
from router.store.database import Store, StoreUnavailable
from tests.store.build import (
    ANI,
    NOW,
    UNIT,
    change,
    ignored,
    message,
    new_ticket,
    opened,
    plan,
    quarantined,
    raw_mail,
    reply,
    send,
)

ONE, TWO = "HERO-2026-000001", "HERO-2026-000002"


def count(path: Path, table: str) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def counts(path: Path) -> dict[str, int]:
    tables = ("intake", "message", "ticket", "decision", "event", "outbox", "quarantine", "blob", "participant")
    return {table: count(path, table) for table in tables}


def test_a_new_ticket_leaves_all_that_follows_from_it(store: Store, path: Path) -> None:
    assert store.commit("hero", 7, [new_ticket(1, ONE)], NOW) == []
    assert counts(path) == {
        "intake": 1, "message": 3, "ticket": 1, "decision": 1, "event": 3, "outbox": 2, "quarantine": 0, "blob": 3,
        "participant": 1,
    }  # fmt: skip
    assert store.raw(1) == raw_mail(1)
    assert store.cursor("hero") == (7, 1)


def test_committing_the_same_again_changes_nothing(store: Store, path: Path) -> None:
    entries = [new_ticket(1, ONE), ignored(2), quarantined(3)]
    store.commit("hero", 7, entries, NOW)
    before = counts(path)
    assert store.commit("hero", 7, entries, NOW) == []
    assert counts(path) == before


def test_each_outcome_has_its_row_and_reason(store: Store) -> None:
    entries = [new_ticket(1, ONE), ignored(2), ignored(3, "duplicate", duplicate_of=1, n=1), quarantined(4)]
    store.commit("hero", 7, entries, NOW)
    found = [store.outcome("hero", 7, uid) for uid in (1, 2, 3, 4, 5)]
    assert [f and f["outcome"] for f in found] == ["ticket", "screened", "duplicate", "quarantined", None]
    assert [f and f["message"] for f in found] == [1, 4, 1, None, None]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(new_ticket(9, TWO, 1), id="the same bytes"),
        pytest.param(
            replace(new_ticket(9, TWO), message=message(1, raw_mail(1, "other bytes"))), id="the same msg-id and author"
        ),
    ],
)
def test_a_message_that_became_known_is_a_conflict(store: Store, path: Path, again: Any) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    before = counts(path)
    (refused,) = store.commit("ska", 3, [again], NOW)
    assert isinstance(refused, Conflict)
    assert refused.entry is again
    assert "known" in refused.reason
    assert counts(path) == before


def test_the_same_msg_id_by_another_author_is_another_message(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    other = message(1, raw_mail(2), from_=Address("", "budi@customer.example"))
    assert store.commit("hero", 7, [replace(new_ticket(2, TWO), message=other)], NOW) == []


def test_the_same_message_twice_in_a_batch_is_one_ticket(store: Store, path: Path) -> None:
    first, second, third = new_ticket(1, ONE), new_ticket(2, TWO, 1), ignored(3)
    assert [r.entry.uid for r in store.commit("hero", 7, [first, second, third], NOW)] == [2]
    assert count(path, "ticket") == 1
    assert store.cursor("hero") == (7, 1)


def test_the_cursor_waits_for_what_was_refused(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE), new_ticket(2, TWO, 1), ignored(3)], NOW)
    assert store.unaccounted("hero", 7, [1, 2, 3]) == [2]
    store.commit("hero", 7, [ignored(2, "duplicate", duplicate_of=1, n=1)], NOW)
    assert store.unaccounted("hero", 7, [1, 2, 3]) == []
    store.commit("hero", 7, [ignored(4)], NOW)
    assert store.cursor("hero") == (7, 4)


def test_a_plan_made_before_the_ticket_moved_is_a_conflict(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    first, second = reply(2, ONE, 1), reply(3, ONE, 1)
    (refused,) = store.commit("hero", 7, [first, second], NOW)
    assert isinstance(refused, Conflict)
    assert refused.entry is second
    assert store.commit("hero", 7, [reply(3, ONE, 2)], NOW) == []


def test_several_changes_of_one_plan_count_as_one(store: Store) -> None:
    later = NOW + timedelta(hours=1)
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    answered = reply(2, ONE, 1, change(ONE, 1, status="resolved", resolved_at=later), change(ONE, 1, unit="biro-2"))
    assert store.commit("hero", 7, [answered], later) == []
    view = store.ticket(ONE)
    assert view is not None
    assert (view.version, view.status, view.resolved_at, view.units) == (2, "resolved", later, ("biro-osdm", "biro-2"))


def test_a_changed_ticket_can_gain_participants(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    people = (Address("Budi", "Budi@customer.example"), ANI)
    store.commit("hero", 7, [reply(2, ONE, 1, change(ONE, 1, participants=people))], NOW)
    view = store.ticket(ONE)
    assert view is not None
    assert [p.address for p in view.participants] == ["Ani@Customer.example", "Budi@customer.example"]


BROKEN = {
    "no such ticket": reply(2, TWO, 1),
    "no such field": reply(2, ONE, 1, change(ONE, 1, head="x")),
    "no such status": reply(2, ONE, 1, change(ONE, 1, status="gone")),
    "not JSON-able": reply(2, ONE, 1, Note(ONE, "odd", "router", (("what", object()),))),
    "a lone surrogate": replace(new_ticket(2, TWO), message=message(2, subject="\ud800")),
    "a naive time": reply(2, ONE, 1, change(ONE, 1, resolved_at=NOW.replace(tzinfo=None))),
    "a number that is taken": new_ticket(2, ONE),
    "a message that is not there": ignored(2, "duplicate", duplicate_of=99),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_entry_that_cannot_be_written_stops_nothing(store: Store, path: Path, name: str) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    before = counts(path)
    (refused,) = store.commit("hero", 7, [BROKEN[name], ignored(3)], NOW)
    assert isinstance(refused, Failure)
    assert refused.entry.uid == 2
    assert refused.reason
    assert store.cursor("hero") == (7, 1)
    assert counts(path) == before | {"intake": 2, "message": 4, "blob": 4}
    assert store.verify_chain() == []


def test_a_broken_entry_amid_fifty_leaves_the_others(store: Store, path: Path) -> None:
    entries = [new_ticket(n, f"HERO-2026-{n:06d}") for n in range(1, 51)]
    entries[20] = replace(entries[20], message=message(21, text="\udcff"))
    assert [r.entry.uid for r in store.commit("hero", 7, entries, NOW)] == [21]
    assert (count(path, "ticket"), count(path, "outbox")) == (49, 98)
    assert store.cursor("hero") == (7, 20)


def test_a_new_uidvalidity_starts_the_cursor_anew(store: Store) -> None:
    store.commit("hero", 7, [ignored(500)], NOW)
    store.reset_cursor("hero", 8)
    assert store.cursor("hero") == (8, 0)
    store.commit("hero", 8, [ignored(3, "duplicate", duplicate_of=1)], NOW)
    assert store.cursor("hero") == (8, 3)
    assert store.accounted("hero", 7) == {500}


def test_a_message_too_large_to_load_is_a_ticket_all_the_same(store: Store) -> None:
    large = replace(new_ticket(1, ONE), raw=None, size=99_000_000)
    large = replace(large, plan=replace(large.plan, outcome="too_large"))
    assert store.commit("hero", 7, [large], NOW) == []
    assert store.raw(1) is None
    assert store.opening(ONE) is None
    assert store.ticket(ONE) is not None


def test_large_text_is_packed_and_comes_back_as_it_was(store: Store, path: Path) -> None:
    raw = b"From: ani@customer.example\r\n\r\n" + b"<td>Mohon bantuan segera.</td>\r\n" * 2000
    store.commit("hero", 7, [replace(new_ticket(1, ONE), raw=raw, message=message(1, raw))], NOW)
    assert store.opening(ONE) == raw
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT max(size) > 10 * max(length(content)) FROM blob").fetchone() == (1,)


def test_recipients_share_one_mail_and_its_bytes(store: Store, path: Path) -> None:
    entry = new_ticket(1, ONE)
    shared = plan("ticket", ONE, opened(ONE), send("forward", ONE, UNIT, "two@desk.example"))
    store.commit("hero", 7, [replace(entry, plan=shared)], NOW)
    assert (count(path, "outbox"), count(path, "message"), count(path, "blob")) == (2, 2, 2)


def test_actions_without_a_message_are_recorded_at_once(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    store.record(
        [change(ONE, 1, status="closed"), send("reminder", ONE, UNIT), send("notice", None, "ops@desk.example")], NOW
    )
    assert [e["kind"] for e in store.history(ONE)][3:] == ["change_ticket", "reminder"]
    with pytest.raises(Stale):
        store.record([change(ONE, 1, status="closed")], NOW)


def test_a_full_disk_is_a_failure_of_the_outside_and_leaves_nothing(store: Store, path: Path) -> None:
    with store.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    entry = new_ticket(1, ONE)
    body = bytes(range(256)) * 4000
    before = counts(path)

    def fill() -> None:
        with store.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 5}")
        store.commit("hero", 7, [replace(entry, raw=body)], NOW)

    with pytest.raises(StoreUnavailable, match="disk penuh"):
        fill()
    assert counts(path) == before
    with store.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert store.commit("hero", 7, [replace(entry, raw=body)], NOW) == []


def test_numbers_are_given_once_and_a_year_starts_at_one(store: Store) -> None:
    assert store.reserve_numbers(2026, 2) == [ONE, TWO]
    assert store.reserve_numbers(2026, 1) == ["HERO-2026-000003"]
    assert store.reserve_numbers(2027, 1) == ["HERO-2027-000001"]


def test_a_secret_is_random_and_stays(store: Store, path: Path) -> None:
    made = store.secret("token")
    assert len(made) == 32
    assert store.secret("other") != made
    again = Store(f"sqlite:///{path}")
    assert again.secret("token") == made
    again.close()


def test_screened_mail_is_kept_without_a_ticket(store: Store) -> None:
    store.commit("hero", 7, [ignored(1)], NOW)
    facts = store.facts(Keys(message(1).digest, None, None), NOW, "n")
    assert facts.known is not None
    assert facts.known.ticket is None
    assert store.raw(facts.known.message) == raw_mail(1)
