"""The rules in force, on real files: what counts as changed, and that a set that can't be read changes nothing."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from router.app.rules import InForce, load, look
from router.app.service import in_force
from router.app.settings import Imap, Mailbox, Service, Settings, Smtp
from tests.desk.made import ROOT

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def own(rules: Path, tmp_path: Path) -> Settings:
    shutil.copytree(rules, tmp_path / "rules")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    box = Mailbox(name="hero", address="hero@kemendag.go.id", imap=Imap(host="localhost", user="hero"))
    service = Service(state_dir=tmp_path, rules_dir=tmp_path / "rules", templates_dir=tmp_path / "templates")
    return Settings(mailboxes=(box,), smtp=Smtp(host="localhost"), service=service)


@pytest.fixture
def rules_now(own: Settings) -> InForce:
    found = in_force(own)
    assert found
    return found


def test_a_change_shows_even_when_size_and_time_are_the_same(own: Settings) -> None:
    path = own.service.rules_dir / "catalog" / "a14-e-ska.toml"
    before, stat = look(own), path.stat()
    text = path.read_bytes()
    path.write_bytes(text.replace(b"E-SKA", b"E-SKB", 1))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert look(own) != before
    before = look(own)
    path.unlink()
    assert look(own) != before


def test_editors_files_count_for_nothing(own: Settings, rules_now: InForce) -> None:
    before = look(own)
    (own.service.rules_dir / "catalog" / ".#a14-e-ska.toml").symlink_to("rina@pc.1234:1")
    (own.service.rules_dir / ".units.toml.swp").write_bytes(b"\0")
    (own.service.templates_dir / "id" / "._relay.txt.j2").write_bytes(b"\0\xff")
    (own.service.rules_dir / "units.toml~").write_bytes(b"x = [")
    assert look(own) == before
    assert load(own)[2] == ()
    assert rules_now.reload(NOW)


def test_directories_that_vanish_change_nothing(own: Settings, rules_now: InForce) -> None:
    policy = rules_now.policy
    shutil.rmtree(own.service.rules_dir)
    assert look(own) != rules_now.seen
    assert not rules_now.reload(NOW)
    assert rules_now.policy is policy
    assert rules_now.fault
    shutil.rmtree(own.service.templates_dir)
    assert not rules_now.reload(NOW)
    assert look(own) == frozenset()
