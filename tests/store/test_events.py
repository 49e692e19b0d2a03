from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from router.store.database import Store
from tests.store.build import NOW, change, new_ticket, reply

ONE, TWO = "HERO-2026-000001", "HERO-2026-000002"


@pytest.fixture
def told(store: Store) -> Store:
    """A store with a ticket that has six events, and one that has three."""
    store.commit("hero", 7, [new_ticket(1, ONE), new_ticket(2, TWO)], NOW)
    store.commit("hero", 7, [reply(3, ONE, 1, change(ONE, 1, status="waiting"))], NOW)
    store.add_event(ONE, "seen", "admin", {"kata": "é"}, NOW)
    return store


def test_the_history_is_told_oldest_first(told: Store) -> None:
    kinds = [e["kind"] for e in told.history(ONE)]
    assert kinds == ["open_ticket", "acknowledge", "forward", "add_to_ticket", "change_ticket", "seen"]
    assert told.history(ONE)[4]["data"] == {"changes": {"status": "waiting"}, "reason": "asked for"}


def test_no_such_ticket_has_no_history(told: Store) -> None:
    with pytest.raises(LookupError):
        told.history("HERO-2026-000009")
    with pytest.raises(LookupError):
        told.add_event("HERO-2026-000009", "seen", "admin", {}, NOW)


def test_a_digest_can_be_worked_out_from_what_history_prints(told: Store) -> None:
    previous = ""
    for seq, e in enumerate(told.history(ONE), 1):
        whole = {k: e[k] for k in ("actor", "at", "data", "kind")} | {"previous": previous, "seq": seq, "ticket": ONE}
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = sha256(text.encode()).hexdigest()
        assert e["digest"] == previous


def test_an_untouched_history_is_sound(told: Store) -> None:
    assert told.verify_chain() == []


TAMPERED = {
    "UPDATE event SET actor = 'x' WHERE seq = 2 AND ticket = :one": "kejadian 2 telah diubah",
    "UPDATE event SET data = replace(data, 'A.14', 'A.15') WHERE seq = 1 AND ticket = :one": "kejadian 1 telah diubah",
    "UPDATE event SET at = '2026-01-01T00:00:00.000000+00:00' WHERE seq = 3 AND ticket = :one": "kejadian 3 telah diubah",
    "DELETE FROM event WHERE seq = 1 AND ticket = :one": "kejadian 1 hilang",
    "DELETE FROM event WHERE seq IN (2, 3) AND ticket = :one": "kejadian 2–3 hilang",
    "DELETE FROM event WHERE seq = 6 AND ticket = :one": "ujung riwayat hilang",
    "DELETE FROM event WHERE ticket = :one": "ujung riwayat hilang",
    "UPDATE ticket SET status = 'closed' WHERE number = :one": "status tiket closed, menurut riwayat waiting",
    "DELETE FROM ticket WHERE number = :one": "tiket hilang",
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_a_tampered_history_shows(told: Store, path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement, {"one": ONE})
    faults = told.verify_chain()
    assert faults
    assert all(f.startswith(f"{ONE}: ") for f in faults)
    assert any(TAMPERED[statement] in f for f in faults)


def test_an_event_recomputed_by_a_forger_breaks_the_next_link(told: Store, path: Path) -> None:
    from router.store.events import digest_of

    with sqlite3.connect(path) as connection:
        at, kind, data, previous = connection.execute(
            "SELECT at, kind, data, previous FROM event WHERE ticket = ? AND seq = 2", [ONE]
        ).fetchone()
        forged = digest_of(ONE, 2, at, kind, "forger", data, previous)
        connection.execute("UPDATE event SET actor = 'forger', digest = ? WHERE ticket = ? AND seq = 2", [forged, ONE])
    assert told.verify_chain() == [f"{ONE}: kejadian 3 tidak menyambung ke kejadian sebelumnya"]
