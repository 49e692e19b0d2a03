from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from router.store.database import Store
from router.store.status import Daemon
from tests.store.build import NOW

FILES = {"catalog/a14.toml": 'name = "é"\r\n' * 200, "units.toml": "[unit.triage]\n"}


def beat(store: Store, owner: str, version: str, minutes: int) -> None:
    store.beat(Daemon(owner, 1, NOW, "live", version, NOW), NOW + timedelta(minutes=minutes))


def test_a_set_is_kept_once_and_read_again_to_the_letter(store: Store, path: Path) -> None:
    store.keep_rules("abcd1", FILES, NOW)
    store.keep_rules("abcd1", {"another": "never"}, NOW + timedelta(days=1))
    store.keep_rules("abce2", {}, NOW)
    found = store.rules_version("ABCD")
    assert found is not None
    assert (found.digest, dict(found.files), found.first_at, found.last_at) == (
        "abcd1",
        FILES,
        NOW,
        NOW + timedelta(days=1),
    )
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*), max(length(files)) < 200 FROM rules_version").fetchone() == (2, 1)


def test_a_digest_that_is_none_or_several_names_nothing(store: Store) -> None:
    store.keep_rules("abcd1", FILES, NOW)
    store.keep_rules("abce2", FILES, NOW)
    assert [store.rules_version(asked) for asked in ("abc", "", "ff", "%")] == [None] * 4


def test_in_force_is_what_the_latest_daemon_runs_else_the_last_that_ran(store: Store) -> None:
    assert store.rules_in_force() is None
    for number, version in enumerate(("one", "two", "three")):
        store.keep_rules(version, {"v": version}, NOW + timedelta(hours=number))
    assert store.rules_in_force().digest == "three"  # type: ignore[union-attr]
    beat(store, "a", "two", 1)
    beat(store, "b", "one", 2)
    assert store.rules_in_force().digest == "one"  # type: ignore[union-attr]
    beat(store, "b", "gone", 3)
    assert store.rules_in_force() is None
    assert [digest for digest, _, _ in store.rules_versions()] == ["three", "two", "one"]
