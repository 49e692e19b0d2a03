"""What the operators are told by mail, on a real database: which troubles, to whom, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest

from router.app.operators import HOUR, LINES, Operators
from router.app.stages import Fetched, Stages
from router.desk.operators import NOTICES_PER_HOUR
from router.mail.parse import parse
from router.rulebook.problem import Problem
from router.store.database import Store
from router.store.outbox import Outgoing, Result
from router.store.rows import Entry
from tests.app.made import intake, mail
from tests.desk.made import policy

ADMINS = "pengelola.hero@kemendag.go.id"
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FAULT = Problem("rules/units.toml", 3, 8, '"8 pagi" is not a time such as 08:00')


class Desk:
    """Operators on a store, with a clock that a test turns."""

    def __init__(self, store: Store, language: str = "id") -> None:
        self.now = NOW
        self.woken = 0
        self.store = store
        self.operators = Operators(store, policy, language, lambda: self.now, self._wake)  # type: ignore[arg-type]

    def _wake(self) -> None:
        self.woken += 1

    def die(self, number: int, recipient: str = "ani@luar.example") -> None:
        gone = Outgoing(number, None, "relay", "", recipient, b"", f"m{number}@desk.example", 1, self.now)
        self.operators.dead(gone, Result(number, "dead", 550, f"tidak dikenal {number}", None, self.now))

    def told(self) -> list[EmailMessage]:
        """The mails since the last call."""
        claimed = self.store.claim("test|1|0", 100, self.now, 60.0)
        self.store.settle([Result(one.id, "sent", 250, "ok", None, self.now) for one in claimed])
        assert {(one.recipient, one.envelope_sender) for one in claimed} <= {(ADMINS, "")}
        return [cast(EmailMessage, message_from_bytes(one.content, policy=default)) for one in claimed]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def words(one: EmailMessage) -> str:
    body = one.get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())


def test_a_dead_mail_with_its_id_and_the_servers_words(desk: Desk) -> None:
    desk.die(7)
    (one,) = desk.told()
    assert one["Subject"] == "Email tidak terkirim"
    assert one["X-Hero-Kind"] == "notice"
    assert "550 tidak dikenal 7" in words(one)
    assert "hero-router outbox retry 7" in words(one)
    assert desk.woken == 1


def test_nothing_is_told_of_mail_to_the_operators_themselves(desk: Desk) -> None:
    desk.die(1, ADMINS.upper())
    assert desk.told() == []


def test_ten_an_hour_of_a_kind_and_the_next_says_where_the_others_are(desk: Desk) -> None:
    for number in range(NOTICES_PER_HOUR + 5):
        desk.die(number)
    mails = desk.told()
    assert len(mails) == NOTICES_PER_HOUR + 1
    assert ["hero-router status" in words(one) for one in mails] == [False] * NOTICES_PER_HOUR + [True]
    desk.operators.rules([FAULT])
    assert len(desk.told()) == 1  # another kind has its own budget
    desk.now += HOUR - timedelta(seconds=1)
    desk.die(100)
    assert desk.told() == []
    desk.now += timedelta(seconds=1)
    desk.die(101)
    assert len(desk.told()) == 1


def test_refused_rules_are_listed_in_the_language_of_the_service(store: Store) -> None:
    desk = Desk(store, "en")
    desk.operators.rules([replace(FAULT, line=line) for line in range(1, LINES + 4)])
    (one,) = desk.told()
    assert one["Subject"] == "Rules not activated: they have faults"
    assert f"{LINES + 3} faults found" in words(one)
    assert str(replace(FAULT, line=LINES)) in words(one)
    assert "and 3 more" in words(one)


def quarantine(desk: Desk, take: Callable[[Entry], Entry] = lambda entry: entry, raw: bytes = b"") -> None:
    """Commits what the stages make of a message whose parsing is ours to answer for, and tells."""
    stages = Stages(policy)
    (entry,) = stages.read("b", [Fetched(1, raw)])
    assert isinstance(entry, Entry)
    made = take(replace(entry, raw=raw))
    assert desk.store.commit("hero", 7, [made], desk.now) == []
    desk.operators.committed("hero", 7, [made])


def break_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse_badly(raw: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("router.app.stages.parse", parse_badly)


def test_a_message_that_we_could_not_handle_has_an_id(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    break_parsing(monkeypatch)
    quarantine(desk, raw=mail(1))
    (aside,) = desk.store.quarantine_list()
    (one,) = desk.told()
    assert one["Subject"] == f"Pesan masuk dikarantina ({aside['id']})"
    assert "RecursionError: too deep" in words(one)
    assert f"hero-router quarantine retry {aside['id']}" in words(one)
    assert [(one["code"], one["since"][:10]) for one in desk.store.status()["problems"]] == [
        ("quarantine", "2026-11-24")
    ]


def test_the_operators_own_message_makes_no_notice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = mail(1, sender=ADMINS)
    message = parse(raw)
    break_parsing(monkeypatch)
    quarantine(desk, lambda entry: replace(entry, message=message), raw)
    assert desk.told() == []


def test_what_the_database_refuses_is_told_by_intake(store: Store, desk: Desk) -> None:
    with store.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER odd BEFORE INSERT ON message WHEN NEW.subject LIKE '%error 2%' "
            "BEGIN SELECT RAISE(ABORT, 'constraint: odd'); END"
        )
    taking = intake(store)
    taking._committed = desk.operators.committed
    taking.handle(7, [Fetched(1, mail(1)), Fetched(2, mail(2)), Fetched(3, b"Subject: tanpa pengirim\r\n\r\nHalo\r\n")])
    desk.now = datetime.now(UTC)
    sent = [one for one in store.claim("test|1|0", 100, desk.now, 60.0) if one.recipient == ADMINS]
    assert len(sent) == 1  # nobody's mail was set aside by screening: a person's choice, no trouble
    assert b"commit" in sent[0].content


def test_with_the_database_away_nothing_is_raised(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with desk.store.write() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
    desk.die(1)
    assert "the operators could not be told" in caplog.text
