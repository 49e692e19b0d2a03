from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from router.store.database import Store
from router.store.status import Daemon
from tests.store.build import NOW, ignored, new_ticket, quarantined

ONE = "HERO-2026-000001"
DAEMON = Daemon("host:1", 1, NOW, "shadow", "abc", NOW, ("services.toml:1: odd",))


def test_an_empty_database_has_a_status(store: Store) -> None:
    assert store.status() == {
        "mailboxes": [], "tickets": {}, "rules": {"version": None, "loaded_at": None, "problems": []}, "brake": False,
        "mode": "live", "daemons": [], "problems": [], "outbox": {"waiting": 0, "held": 0, "failed": 0, "dead": 0},
    }  # fmt: skip


def test_another_process_sees_what_the_daemon_left(store: Store, path: Path) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE), ignored(2), quarantined(3)], NOW)
    store.set_mailbox("hero", state="idle", idle_since=NOW, last_check_at=NOW, server_uids=4)
    store.set_mailbox("hero", unaccounted=1)
    store.beat(DAEMON, NOW)
    store.set_problem("smtp", "no answer", NOW)
    store.set_problem("smtp", "still no answer", NOW + timedelta(hours=1))
    other = Store(f"sqlite:///{path}")
    seen = other.status()
    other.close()
    at = "2026-03-03T10:00:00.000000+00:00"
    assert seen["mailboxes"] == [
        {
            "name": "hero", "state": "idle", "last_check_at": at, "last_message_at": None, "idle_since": at,
            "server_uids": 4, "known_uids": 3, "unaccounted": 1, "last_error": None,
        }
    ]  # fmt: skip
    assert seen["rules"] == {"version": "abc", "loaded_at": at, "problems": ["services.toml:1: odd"]}
    assert (seen["mode"], seen["tickets"], seen["outbox"]["waiting"]) == ("shadow", {"forwarded": 1}, 2)
    assert seen["problems"] == [
        {"code": "smtp", "text": "still no answer", "since": at},
        {"code": "quarantine", "text": "1 messages could not be handled: hero-router quarantine list", "since": at},
    ]


def test_what_is_over_is_not_shown(store: Store) -> None:
    store.beat(DAEMON, NOW)
    store.beat(DAEMON, NOW + timedelta(seconds=10))
    store.farewell(DAEMON.owner)
    store.set_problem("smtp", "no answer", NOW)
    store.set_problem("smtp", None, NOW)
    assert (store.status()["daemons"], store.status()["problems"]) == ([], [])


def test_the_state_of_a_mailbox_does_not_move_its_cursor(store: Store) -> None:
    store.set_mailbox("hero", state="connecting")
    assert store.cursor("hero") is None
    store.commit("hero", 7, [ignored(4)], NOW)
    store.set_mailbox("hero", state="idle")
    assert store.cursor("hero") == (7, 4)


def test_the_brake_is_kept(store: Store) -> None:
    assert not store.brake()
    store.set_brake(True, "admin", NOW)
    assert store.brake()
    store.set_brake(False, "admin", NOW)
    assert not store.brake()


def test_a_lease_has_one_owner_at_a_time(store: Store) -> None:
    minute = timedelta(seconds=60)
    assert store.take_lease("clock", "a", NOW, 30)
    assert not store.take_lease("clock", "b", NOW, 30)
    assert store.take_lease("clock", "a", NOW, 30)
    assert store.take_lease("clock", "b", NOW + minute, 30)
    store.give_lease("clock", "a")
    assert not store.take_lease("clock", "a", NOW + minute, 30)
    store.give_lease("clock", "b")
    assert store.take_lease("clock", "a", NOW + minute, 30)


def test_conservation_names_what_has_no_row(store: Store) -> None:
    store.commit("hero", 7, [ignored(2), ignored(5)], NOW)
    assert store.unaccounted("hero", 7, [9, 5, 2, 1]) == [1, 9]
    assert store.unaccounted("hero", 8, [2]) == [2]
    assert store.unaccounted("hero", 7, []) == []
