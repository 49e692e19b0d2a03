"""Every statement of the pipeline finds its rows by an index: it costs the same whatever the size (design.md, 5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from router.desk.facts import Keys
from router.store.database import Store
from router.store.outbox import Result
from tests.store.build import NOW, change, ignored, message, new_ticket, quarantined, reply, send

ONE = "HERO-2026-000001"
KEYS = Keys(
    message(1).digest, "m1@customer.example", "ani@customer.example", (ONE,), ("a@b", "m1@customer.example"), ONE,
    ("ani@customer.example",), ("hero.x@desk.example",),
)  # fmt: skip
BATCH = [
    new_ticket(2, "HERO-2026-000002"), reply(3, ONE, 1, change(ONE, 1, unit="x")), ignored(4), quarantined(5),
]  # fmt: skip
SMALL = {"setting", "sequence", "mailbox", "daemon", "problem", "lease", "secret"}  # a handful of rows each, ever


def settled(store: Store) -> None:
    mails = store.claim("me", 50, NOW, 60)
    outcomes = ("sent", "failed", "dead")
    store.settle([Result(m.id, outcomes[n % 3], 250, "", NOW, NOW) for n, m in enumerate(mails)])  # type: ignore[arg-type]
    store.give_back([m.id for m in mails], NOW)


PIPELINE: dict[str, Callable[[Store], Any]] = {
    "facts": lambda s: s.facts(KEYS, NOW, "N"),
    "facts of a batch": lambda s: s.facts_of([KEYS, Keys("0" * 64, None, None), KEYS], NOW),
    "ticket": lambda s: s.ticket(ONE),
    "opening": lambda s: s.opening(ONE),
    "commit": lambda s: s.commit("hero", 7, BATCH, NOW),
    "commit one by one": lambda s: s.commit("hero", 7, [reply(6, "HERO-2026-000009", 1), ignored(7)], NOW),
    "record": lambda s: s.record([send("reminder", ONE)], NOW),
    "claim and settle": settled,
    "claim under the brake": lambda s: s.claim("me", 50, NOW + timedelta(hours=1), 60, automatic=False),
    "next due": lambda s: s.next_due(),
    "hold": lambda s: s.hold(1, "x", "admin", NOW),
    "cursor": lambda s: s.cursor("hero"),
    "accounted": lambda s: s.accounted("hero", 7),
    "unaccounted": lambda s: s.unaccounted("hero", 7, [1, 2]),
    "history": lambda s: s.history(ONE),
    "show": lambda s: s.ticket_show(ONE),
    "numbers": lambda s: s.reserve_numbers(2026, 1),
}


def scans(plan: list[str], limited: bool = False) -> list[str]:
    """Lines of a query plan that walk a whole table, or sort all that was found before a limit takes the first of it."""
    found = [line for line in plan if "SCAN" in line or (limited and "TEMP B-TREE" in line)]
    return [line for line in found if not any(re.search(rf"SCAN {t}\b", line) for t in SMALL)]


@pytest.mark.parametrize("name", PIPELINE)
def test_no_statement_of_the_pipeline_scans(store: Store, name: str) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.split(None, 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            seen.append((statement, parameters[0] if many else parameters))

    event.listen(store._engine, "before_cursor_execute", note)
    PIPELINE[name](store)
    event.remove(store._engine, "before_cursor_execute", note)
    assert seen
    with store.read() as connection:
        for statement, parameters in seen:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert scans([str(row[3]) for row in rows], "LIMIT" in statement) == [], statement


def test_a_scan_would_be_seen(store: Store) -> None:
    with store.read() as connection:
        rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT * FROM message WHERE text = 'x'").all()
    assert scans([str(row[3]) for row in rows]) == ["SCAN message"]
