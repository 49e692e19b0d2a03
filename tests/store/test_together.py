"""Threads and processes that use one database at the same time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from router.store import engine
from router.store.database import Store, StoreUnavailable
from router.store.outbox import Result
from tests.store.build import NOW, new_ticket, reply

ROOT = Path(__file__).parents[2]
ONE = "HERO-2026-000001"


def in_threads(count: int, work: Callable[[int], object]) -> list[object]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_numbers_taken_by_many_threads_are_all_different(store: Store) -> None:
    taken = in_threads(8, lambda _: [store.reserve_numbers(2026, 3) for _ in range(20)])
    numbers = [n for blocks in taken for block in blocks for n in block]  # type: ignore[attr-defined]
    assert sorted(numbers) == [f"HERO-2026-{n:06d}" for n in range(1, 481)]


def test_mailboxes_commit_side_by_side(store: Store) -> None:
    def one_mailbox(thread: int) -> list[object]:
        refused: list[object] = []
        for batch in range(5):
            numbers = store.reserve_numbers(2026, 10)
            first = thread * 1000 + batch * 10
            refused += store.commit(f"box{thread}", 1, [new_ticket(first + n, numbers[n]) for n in range(10)], NOW)
        return refused

    assert in_threads(6, one_mailbox) == [[]] * 6
    assert store.counts()["waiting"] == 600
    assert store.verify_chain() == []


def test_the_same_message_in_all_mailboxes_at_once_is_one_ticket(store: Store) -> None:
    refused = in_threads(6, lambda n: store.commit(f"box{n}", 1, [new_ticket(1, f"HERO-2026-{n:06d}")], NOW))
    assert sorted(len(r) for r in refused) == [0, 1, 1, 1, 1, 1]  # type: ignore[arg-type]
    assert sum(1 for _ in store.tickets()) == 1


def test_of_replies_planned_from_one_view_one_is_committed(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    refused = in_threads(6, lambda n: store.commit(f"box{n}", 1, [reply(10 + n, ONE, 1)], NOW))
    assert sorted(len(r) for r in refused) == [0, 1, 1, 1, 1, 1]  # type: ignore[arg-type]
    assert store.verify_chain() == []


def test_no_mail_is_claimed_twice(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(n, f"HERO-2026-{n:06d}") for n in range(1, 101)], NOW)

    def deliver(thread: int) -> list[int]:
        mine: list[int] = []
        while mails := store.claim(f"t{thread}", 7, NOW, 600):
            store.settle([Result(m.id, "sent", 250, "ok", None, NOW) for m in mails])
            mine += [m.id for m in mails]
        return mine

    taken = [i for ids in in_threads(4, deliver) for i in ids]  # type: ignore[attr-defined]
    assert sorted(taken) == list(range(1, 201))


# Opens tickets of its own and claims whatever is there, at the same time as the test does.
OTHER = """
import sys
from router.store.database import Store
from tests.store.build import NOW, new_ticket
store, claimed = Store(sys.argv[1]), []
for n in range(20):
    assert store.commit("other", 1, [new_ticket(5000 + n, store.reserve_numbers(2026, 1)[0])], NOW) == []
    claimed += [m.id for m in store.claim("other", 5, NOW, 600)]
print(*claimed)
"""


def test_a_second_process_works_beside_us(store: Store, path: Path) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, f"sqlite:///{path}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    claimed: list[int] = []
    done = 0
    while other.poll() is None or done < 20:
        done += 1
        assert store.commit("hero", 1, [new_ticket(done, store.reserve_numbers(2026, 1)[0])], NOW) == []
        claimed += [m.id for m in store.claim("me", 5, NOW, 600)]
    theirs = [int(i) for i in other.stdout.read().split()] if other.stdout else []
    assert other.returncode == 0
    assert len(theirs) > 0
    assert not set(theirs) & set(claimed)
    numbers = [t["number"] for t in store.tickets()]
    assert len(numbers) == len(set(numbers)) == done + 20
    assert store.verify_chain() == []


def test_reading_goes_on_while_another_writes(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE ticket SET status = 'closed'")
        seen: list[object] = []
        reader = threading.Thread(target=lambda: seen.append(store.ticket(ONE)))
        reader.start()
        reader.join(5)
    assert [getattr(view, "status", None) for view in seen] == ["forwarded"]


def test_a_lock_held_too_long_is_a_failure_of_the_outside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", ("busy_timeout=50", *engine.PRAGMAS[1:]))
    store = Store(f"sqlite:///{path}")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="dikunci proses lain"):
        store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    holder.execute("ROLLBACK")
    holder.close()
    assert store.commit("hero", 7, [new_ticket(1, ONE)], NOW) == []
    store.close()
