"""A rule changed under a running daemon: good, faulty, good again; what is taken up and what is told."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from router.store.database import Store
from tests.app.made import mail
from tests.system.stand import ROOT, Stand, address, text_of

ADMINS = "pengelola.hero@kemendag.go.id"
BOX = address("hero")
RULE = '\n[[rule]]\nname = "uji coba"\nwhen = { mailbox = "hero" }\nthen = { priority = "urgent" }\n'
FAULTY = '\n[[rule]]\nname = "uji coba"\nwhen = { mailbx = "hero" }\nthen = { priority = "urgent" }\n'


class Desk:
    """A stand whose rules and templates are the admin's own."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.rules = stand.directory / "own" / "rules"
        self.templates = stand.directory / "own" / "templates"
        config = stand.config.read_text("utf-8")
        for directory in (self.rules, self.templates):
            shutil.copytree(ROOT / directory.name, directory)
            config = config.replace(str(ROOT / directory.name), str(directory))
        stand.config.write_text(config, "utf-8")
        self.routing = self.rules / "routing.toml"
        self.good = self.routing.read_text("utf-8")
        stand.start()
        stand.until(lambda: " running mailboxes=" in stand.log(), "not running")
        self.store = Store(f"sqlite:///{stand.directory / 'hero.db'}")

    def rules_now(self) -> dict[str, Any]:
        found: dict[str, Any] = self.store.status()["rules"]
        return found

    def until_another(self, version: str) -> None:
        """Waits until another set than that one is in force. How long it takes is a bench's to say (bench_reload)."""
        self.stand.until(lambda: self.rules_now()["version"] != version, "the rules were not taken up", 10)

    def priority_of(self, number: int) -> str:
        """The priority that a new mail gets."""
        self.stand.dovecot.deliver(BOX, mail(number))
        self.stand.until(lambda: bool(self._tickets(number)), f"no ticket for mail {number}")
        return str(self._tickets(number)[0]["priority"])

    def _tickets(self, number: int) -> list[dict[str, Any]]:
        return [one for one in self.store.tickets() if one["subject"] == f"e-SKA error {number}"]

    def notices(self) -> int:
        return sum(ADMINS in one.recipients for one in self.stand.smtp.mails)


@pytest.fixture
def desk(stand: Stand) -> Iterator[Desk]:
    made = Desk(stand)
    yield made
    made.store.close()


def test_good_faulty_good_again(desk: Desk) -> None:
    first = desk.rules_now()["version"]
    assert desk.priority_of(1) == "normal"

    desk.routing.write_text(desk.good + RULE, "utf-8")
    desk.until_another(first)
    second = desk.rules_now()["version"]
    assert desk.priority_of(2) == "urgent"

    desk.routing.write_text(desk.good + FAULTY, "utf-8")
    notice = desk.stand.mail(ADMINS, "notice")
    (problem,) = desk.rules_now()["problems"]
    assert 'unknown key "mailbx"; did you mean "mailbox"?' in problem
    assert problem in text_of(notice).replace("\n", " ")
    assert "the last good set stays in force" in desk.stand.log()
    assert [one["code"] for one in desk.store.status()["problems"]] == ["rules"]
    assert desk.rules_now()["version"] == second
    assert desk.priority_of(3) == "urgent"

    desk.routing.write_text("# sama\n" + desk.good + FAULTY.replace("mailbx", "mailbo"), "utf-8")
    desk.stand.mail(ADMINS, "notice", 2)  # another fault is told
    assert desk.stand.daemon
    desk.stand.daemon.send_signal(signal.SIGHUP)  # the same one is not
    time.sleep(2.5)
    assert desk.notices() == 2

    desk.routing.write_text(desk.good, "utf-8")
    desk.until_another(second)
    assert desk.rules_now()["version"] == first
    assert desk.rules_now()["problems"] == []
    assert desk.store.status()["problems"] == []
    assert "without faults again" in desk.stand.log()
    assert desk.priority_of(4) == "normal"
    assert desk.stand.stop() == 0


def test_another_directory_in_its_place_is_seen_without_notices(desk: Desk) -> None:
    first = desk.rules_now()["version"]
    new = desk.rules.with_name("new")
    shutil.copytree(desk.rules, new)
    (new / "routing.toml").write_text(desk.good + RULE, "utf-8")
    desk.rules.rename(desk.rules.with_name("old"))
    new.rename(desk.rules)
    desk.until_another(first)
    second = desk.rules_now()["version"]
    desk.routing.write_text(desk.good, "utf-8")
    desk.until_another(second)


def test_a_template_that_fails_is_told_once_and_a_mended_one_is_taken_up(desk: Desk) -> None:
    sheet = desk.templates / "id" / "acknowledgement.txt.j2"
    good = sheet.read_text("utf-8")
    loaded = desk.stand.log().count(" loaded, with the templates")
    # Fails for one subject alone, so that no check can find it.
    fault = '{% if "error 1" in subject %}{{ 1 // 0 }}{% endif %}'
    sheet.write_text(good + fault, "utf-8")
    desk.stand.until(lambda: desk.stand.log().count(" loaded, with the templates") > loaded, "not taken up", 10)
    desk.priority_of(1)
    notice = desk.stand.mail(ADMINS, "notice")
    assert "ZeroDivisionError" in text_of(notice)
    assert notice["X-Hero-Ticket"] == desk.store.tickets().__next__()["number"]
    assert notice["Auto-Submitted"]
    desk.priority_of(11)
    desk.priority_of(2)
    assert desk.notices() == 1


def test_dead_mail_is_told_but_not_when_it_was_for_the_operators(desk: Desk) -> None:
    desk.stand.smtp.answer("RCPT", "550 5.1.1 tidak dikenal", who="pelanggan1@luar.example")
    desk.priority_of(1)
    notice = desk.stand.mail(ADMINS, "notice")
    assert "5.1.1 tidak dikenal" in text_of(notice)
    assert "pelanggan1@luar.example" in text_of(notice)
    assert "hero-router outbox retry" in text_of(notice)
    desk.stand.smtp.answer("RCPT", "550 5.1.1 tidak dikenal", who="pelanggan2@luar.example")
    desk.stand.smtp.answer("RCPT", "550 5.7.1 ditolak", who=ADMINS)
    desk.priority_of(2)
    desk.stand.until(lambda: desk.store.counts()["dead"] == 3, "not dead", 10)
    time.sleep(0.5)
    assert desk.store.counts() == {"waiting": 0, "held": 0, "failed": 0, "dead": 3}
    assert [one["code"] for one in desk.store.status()["problems"]] == ["dead"]
