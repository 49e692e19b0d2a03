"""A process that dies in the middle of its work, seen from the next one."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from router.store.database import Store

ROOT = Path(__file__).parents[2]

# Commits batches of fifty for ever, saying after each which UID is safe.
COMMITTER = """
import sys
from router.store.database import Store
from tests.store.build import NOW, new_ticket
store, first = Store(sys.argv[1]), 1
while True:
    numbers = store.reserve_numbers(2026, 50)
    assert store.commit("hero", 7, [new_ticket(first + n, numbers[n]) for n in range(50)], NOW) == []
    print(first + 49, flush=True)
    first += 50
"""

# Dies when a row of the given table is about to be written, within an open transaction.
DIES_AT = """
import os, sys
from sqlalchemy import event
from router.store.database import Store
from tests.store.build import NOW, new_ticket
store, table = Store(sys.argv[1]), sys.argv[2]
store.commit("hero", 7, [new_ticket(1, "HERO-2026-000001")], NOW)
@event.listens_for(store._engine, "before_cursor_execute")
def die(connection, cursor, statement, parameters, context, many):
    if statement.startswith((f"INSERT INTO {table} ", f"UPDATE {table} ")):
        os._exit(9)
store.commit("hero", 7, [new_ticket(2, "HERO-2026-000002"), new_ticket(3, "HERO-2026-000003")], NOW)
"""


def integrity(path: Path) -> str:
    with sqlite3.connect(path) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def test_what_was_said_to_be_safe_survives_sigkill(path: Path) -> None:
    url = f"sqlite:///{path}"
    running = subprocess.Popen([sys.executable, "-c", COMMITTER, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    for _ in range(3):
        running.stdout.readline()
    time.sleep(0.013)
    running.send_signal(signal.SIGKILL)
    safe = max([150, *(int(line) for line in running.stdout.read().split())])
    running.wait()
    store = Store(url)
    cursor = store.cursor("hero")
    assert cursor is not None
    assert cursor[1] >= safe
    assert cursor[1] % 50 == 0
    assert store.accounted("hero", 7) == set(range(1, cursor[1] + 1))
    assert sum(1 for _ in store.tickets()) == cursor[1]
    assert store.counts()["waiting"] == 2 * cursor[1]
    assert store.verify_chain() == []
    assert integrity(path) == "ok"
    store.close()


@pytest.mark.parametrize("table", ["ticket", "message", "event", "outbox", "intake", "mailbox"])
def test_a_batch_that_was_cut_off_leaves_nothing(path: Path, table: str) -> None:
    url = f"sqlite:///{path}"
    died = subprocess.run([sys.executable, "-c", DIES_AT, url, table], cwd=ROOT, check=False)
    assert died.returncode == 9
    store = Store(url)
    assert store.cursor("hero") == (7, 1)
    assert [t["number"] for t in store.tickets()] == ["HERO-2026-000001"]
    assert store.counts()["waiting"] == 2
    assert store.accounted("hero", 7) == {1}
    store.close()
