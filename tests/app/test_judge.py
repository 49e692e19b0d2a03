"""The stages in a process of their own: the same answers, and a message that kills the process costs only itself."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from router.app.judge import Judge
from router.app.rules import InForce
from router.app.service import in_force
from router.app.settings import Imap, Mailbox, Service, Settings, Smtp
from router.app.stages import Asked, Fetched, Known, Stages
from router.desk.facts import Facts
from router.store.rows import Entry

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
NUMBERS = ["HERO-2026-000001", "HERO-2026-000002", "HERO-2026-000003"]


def mail(number: int) -> Fetched:
    head = f"From: Budi <budi{number}@luar.example>\r\nTo: hero@kemendag.go.id\r\nSubject: wifi {number}\r\n"
    return Fetched(number, f"{head}Message-ID: <{number}@luar.example>\r\n\r\nWifi tidak bisa konek.\r\n".encode())


@pytest.fixture
def rules(tmp_path: Path) -> InForce:
    box = Mailbox(name="hero", address="hero@kemendag.go.id", imap=Imap(host="localhost", user="hero"))
    service = Service(state_dir=tmp_path, rules_dir=ROOT / "rules", templates_dir=ROOT / "templates")
    found = in_force(Settings(mailboxes=(box,), smtp=Smtp(host="localhost"), service=service))
    assert found
    return found


@pytest.fixture
def judge(rules: InForce) -> Iterator[Judge]:
    made = Judge(rules)
    yield made
    made.stop()


def entries(stages: Judge | Stages, *mails: Fetched) -> list[Entry]:
    read = stages.read("b", mails)
    known = [Known(place, Facts("")) for place, one in enumerate(read) if isinstance(one, Asked)]
    found = stages.plan("b", "hero", known, NUMBERS, NOW)
    stages.forget("b")
    return found


def version_judged_by(judge: Judge) -> str:
    """The version of the rules that decide a mail now."""
    (entry,) = entries(judge, mail(3))
    assert entry.plan.decision
    return entry.plan.decision.rules_version


def test_it_answers_as_the_stages_do(judge: Judge, rules: InForce) -> None:
    here = entries(Stages(lambda: rules.policy), mail(1), mail(2))
    there = entries(judge, mail(1), mail(2))
    assert [entry.plan for entry in there] == [entry.plan for entry in here]
    assert [entry.plan.ticket for entry in there] == NUMBERS[:2]


def test_a_killed_process_is_replaced_and_nothing_is_lost(judge: Judge) -> None:
    read = judge.read("b", [mail(1), mail(2)])
    os.kill(judge.pid, signal.SIGKILL)
    known = [Known(place, Facts("")) for place in range(len(read))]
    found = judge.plan("b", "hero", known, NUMBERS, NOW)
    assert [entry.plan.outcome for entry in found] == ["ticket", "ticket"]
    assert [entry.plan.ticket for entry in found] == NUMBERS[:2]


def test_a_process_that_hangs_is_replaced(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    before = judge.pid
    os.kill(before, signal.SIGSTOP)
    monkeypatch.setattr("router.app.judge.BATCH_SECONDS", 0.3)
    (read,) = judge.read("b", [mail(1)])
    assert isinstance(read, Asked)
    assert judge.pid != before


def test_with_faulty_files_on_disk_the_last_good_ones_go_on_judging(rules: InForce, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    service = dataclasses.replace(rules.settings.service, rules_dir=tmp_path / "rules")
    moved = dataclasses.replace(rules, settings=dataclasses.replace(rules.settings, service=service))
    judge = Judge(moved)
    (tmp_path / "rules" / "types.toml").write_text("x = [", "utf-8")
    before = judge.pid
    assert before
    os.kill(before, signal.SIGKILL)
    assert [entry.plan.outcome for entry in entries(judge, mail(1))] == ["ticket"]
    assert judge.pid not in (None, before)
    assert version_judged_by(judge) == rules.policy.book.version
    judge.stop()


def test_it_judges_by_the_very_set_that_was_accepted_whatever_the_files_say_since(
    rules: InForce, judge: Judge, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    units = tmp_path / "rules" / "units.toml"
    first = rules.policy.book.version
    assert version_judged_by(judge) == first
    service = dataclasses.replace(rules.settings.service, rules_dir=tmp_path / "rules")
    rules.settings = dataclasses.replace(rules.settings, service=service)
    units.write_text(units.read_text("utf-8").replace("Tim Aplikasi", "Tim Baru", 1), "utf-8")
    assert rules.reload(NOW)
    units.write_text("x = [", "utf-8")
    before = judge.pid
    judge.adopt()
    second = rules.policy.book.version
    assert judge.pid == before
    assert first != second == version_judged_by(judge)
    os.kill(before, signal.SIGKILL)
    assert version_judged_by(judge) == second
    assert judge.pid != before
