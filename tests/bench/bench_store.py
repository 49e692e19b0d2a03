"""What the store costs, against a floor: the same rows inserted by sqlite3 alone, in the same run on the same disk.

``python -m tests.bench.bench_store [--tickets N] [--waiting N]``
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from router.desk.facts import Keys
from router.store import schema
from router.store.database import Store
from router.store.engine import PRAGMAS
from router.store.outbox import Result
from router.store.rows import Entry
from tests.store.build import NOW, new_ticket

BATCH = 50
TABLES = (
    "blob", "ticket", "participant", "message", "decision", "event", "outbox", "intake",
)  # fmt: skip


def small(first: int, count: int) -> list[Entry]:
    """Small mails that each open a ticket with an acknowledgement and a forward."""
    return [new_ticket(n, f"HERO-2026-{n:06d}") for n in range(first, first + count)]


def with_attachments(first: int, count: int) -> list[Entry]:
    """The same, every tenth with 300 KB that do not shrink."""
    made = small(first, count)
    noise = b64encode(random.Random(1).randbytes(225_000))
    return [replace(e, raw=(e.raw or b"") + noise, size=300_000) if e.uid % 10 == 0 else e for e in made]


def batches(entries: list[Entry]) -> Iterator[list[Entry]]:
    """In batches as the daemon makes them."""
    return (entries[i : i + BATCH] for i in range(0, len(entries), BATCH))


def rate(store: Store, entries: list[Entry]) -> float:
    """Entries a second through Store.commit."""
    return timed(store, entries)[0]


def timed(store: Store, entries: list[Entry]) -> tuple[float, float]:
    """Entries a second through Store.commit, and milliseconds of CPU for each (what counts on a busy machine)."""
    started, busy = time.perf_counter(), time.process_time()
    for batch in batches(entries):
        assert store.commit("hero", 1, batch, NOW) == []
    taken, busy = time.perf_counter() - started, time.process_time() - busy
    return len(entries) / taken, busy / len(entries) * 1000


def floor(source: Path, target: Path, entries: int) -> float:
    """Entries a second when sqlite3 inserts the rows of `source` into an empty database of the same schema."""
    Store(f"sqlite:///{target}").upgrade()
    old, new = sqlite3.connect(source), sqlite3.connect(target, isolation_level=None)
    for pragma in PRAGMAS:
        new.execute(f"PRAGMA {pragma}")
    rows = {t: old.execute(f"SELECT * FROM {t}").fetchall() for t in TABLES}
    transactions = entries // BATCH
    started = time.perf_counter()
    for i in range(transactions):
        new.execute("BEGIN IMMEDIATE")
        for table, of in rows.items():
            share = of[i * len(of) // transactions : (i + 1) * len(of) // transactions]
            if share:
                new.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(share[0]))})", share)
        new.execute("COMMIT")
    taken = time.perf_counter() - started
    old.close()
    new.close()
    return entries / taken


def milliseconds(step: Callable[[], object], times: int) -> tuple[float, float]:
    """Median and worst of some calls, in milliseconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        step()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), max(taken)


def commits(directory: Path, name: str, make: Callable[[int, int], list[Entry]], count: int) -> None:
    """Prints the rate of commits and its floor."""
    path = directory / f"{name}.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    rate(store, make(1, 4 * BATCH))
    got, busy = timed(store, make(4 * BATCH + 1, count))
    store.close()
    low = floor(path, directory / f"{name}-floor.db", count + 4 * BATCH)
    print(
        f"commit, {name}: {got:,.0f} entries/s ({busy:.2f} ms CPU each); sqlite3 alone {low:,.0f}/s; ratio {got / low:.2f}"
    )


def outbox(directory: Path, waiting: int) -> None:
    """Prints what claiming, settling and planning cost with that many mails waiting."""
    store = Store(f"sqlite:///{directory / 'outbox.db'}")
    store.upgrade()
    rate(store, small(1, waiting // 2))
    claims: list[list[int]] = []
    once = milliseconds(lambda: claims.append([m.id for m in store.claim("bench", 50, NOW, 600)]), 50)
    print(f"claim of 50 with {waiting:,} waiting: median {once[0]:.2f} ms, worst {once[1]:.2f} ms")
    ids = iter([i for claim in claims for i in claim])
    one = milliseconds(lambda: store.settle([Result(next(ids), "sent", 250, "ok", None, NOW)]), 200)
    print(f"settle of 1: median {one[0]:.2f} ms, worst {one[1]:.2f} ms")
    fifty = milliseconds(lambda: store.settle([Result(next(ids), "sent", 250, "ok", None, NOW) for _ in range(50)]), 20)
    print(f"settle of 50: median {fifty[0]:.2f} ms, worst {fifty[1]:.2f} ms")
    print(f"next_due: median {milliseconds(store.next_due, 50)[0]:.2f} ms")
    print(f"counts: median {milliseconds(store.counts, 10)[0]:.2f} ms")
    number, tickets = "HERO-2026-000007", waiting // 2
    new = Keys("0" * 64, "unknown@x.example", "nobody@x.example")
    known = replace(new, author="ani@customer.example", msg_ids=("m7@customer.example",), subject_number=number)
    later = NOW + timedelta(hours=2)
    for name, asked in (("a new mail", [new]), ("a reply", [known]), ("fifty new mails", [new] * 50)):
        facts = milliseconds(partial(store.facts_of, asked, later), 100)
        print(f"facts of {name}, {tickets:,} tickets: median {facts[0]:.2f} ms, worst {facts[1]:.2f} ms")
    started = time.perf_counter()
    assert store.verify_chain() == []
    events = tickets * 3
    print(f"verify_chain: {events / (time.perf_counter() - started):,.0f} events/s")
    store.close()


def main() -> None:
    """Runs all."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tickets", type=int, default=3000)
    arguments.add_argument("--waiting", type=int, default=100_000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        assert schema.REVISION
        commits(directory, "small mails", small, given.tickets)
        commits(directory, "10 % with 300 KB", with_attachments, given.tickets // 2)
        outbox(directory, given.waiting)


if __name__ == "__main__":
    main()
