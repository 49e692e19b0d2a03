"""Delivery against a real SMTP receiver and a real database: what is sent, tried again, given up, and when it ends."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from router.app.delivery import FIRST_PAUSE, LONGEST_PAUSE, TRIES, Delivery, pause_after, result_of
from router.store.database import Store
from router.store.outbox import Outgoing
from router.wire.settings import SmtpSettings
from router.wire.smtp import Answer
from tests.servers.ports import free_ports
from tests.servers.smtpd import Mail, Receiver
from tests.store.build import opened, send

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
PATIENCE = 10.0


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def smtp() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ticket(store: Store, number: int, *kinds: str, recipient: str = "ani@luar.example", automatic: bool = False) -> str:
    """A ticket with some mails to one address."""
    name = f"HERO-2026-{number:06d}"
    mails = [send(kind, name, recipient, automatic=automatic, message_id=f"{kind}.{n}.{name}@desk.example")
             for n, kind in enumerate(kinds)]  # fmt: skip
    store.record([opened(name), *mails], NOW)
    return name


def made(store: Store, smtp: Receiver | int, clock: Callable[[], datetime], connections: int = 2) -> Delivery:
    port = smtp if isinstance(smtp, int) else smtp.port
    settings = SmtpSettings("127.0.0.1", port, "plain", connections=connections, timeout=2.0)
    return Delivery(store, settings, clock, "test|1|0")


@asynccontextmanager
async def running(delivery: Delivery) -> AsyncIterator[None]:
    task = asyncio.create_task(delivery.run())
    try:
        yield
    finally:
        delivery.stop()
        await asyncio.wait_for(task, PATIENCE)


async def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.02)


def states(store: Store) -> list[str]:
    return [row["state"] for row in store.outbox_list(("waiting", "held", "failed", "dead", "sent", "dropped"))]


def test_pauses_grow_from_a_minute_to_four_hours() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 12)]
    assert pauses[0] == FIRST_PAUSE == timedelta(minutes=1)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE == timedelta(hours=4)
    assert pause_after(10_000) == LONGEST_PAUSE


def outgoing(attempts: int, age: timedelta) -> Outgoing:
    return Outgoing(1, None, "relay", "", "a@b.example", b"", "m@b.example", attempts, NOW - age)


def test_after_five_days_a_mail_is_dead() -> None:
    later = Answer("failed", 451, "nanti")
    assert result_of(outgoing(30, timedelta(days=4)), later, NOW).state == "failed"
    assert result_of(outgoing(30, timedelta(days=5, hours=1)), later, NOW).state == "dead"


def test_a_mail_that_was_held_for_a_week_gets_its_tries() -> None:
    later = Answer("failed", 451, "greylisted")
    assert result_of(outgoing(0, timedelta(days=7)), later, NOW).state == "failed"
    assert result_of(outgoing(TRIES - 1, timedelta(days=7)), later, NOW).state == "dead"


async def test_what_is_due_is_sent_and_recorded(store: Store, smtp: Receiver, clock: Clock) -> None:
    ticket(store, 1, "acknowledgement", "relay")
    await made(store, smtp, clock).drain()
    assert [mail.message_id.split(".")[0] for mail in smtp.mails] == ["<acknowledgement", "<relay"]
    assert states(store) == ["sent", "sent"]


async def test_a_conversation_leaves_in_order_whatever_the_number_of_connections(
    store: Store, smtp: Receiver, clock: Clock
) -> None:
    names = [ticket(store, n, "acknowledgement", "relay", "notice", "relay") for n in range(1, 11)]
    await made(store, smtp, clock, connections=4).drain()
    assert len(smtp.mails) == 40
    for name in names:
        order = [mail.message_id.split(".")[1] for mail in smtp.mails if name in mail.message_id]
        assert order == ["0", "1", "2", "3"]


async def test_a_refusal_for_now_waits_and_holds_back_only_its_own_conversation(
    store: Store, smtp: Receiver, clock: Clock
) -> None:
    ticket(store, 1, "acknowledgement", "relay", recipient="budi@luar.example")
    ticket(store, 2, "acknowledgement")
    smtp.answer("RCPT", "451 4.7.1 nanti", who="budi@luar.example")
    delivery = made(store, smtp, clock)
    await delivery.drain()
    assert states(store) == ["failed", "waiting", "sent"]
    (failed, _) = store.outbox_list()
    assert failed["attempts"] == 1
    assert failed["last_error"] == "451 4.7.1 nanti"
    assert failed["next_attempt_at"] == (NOW + FIRST_PAUSE).isoformat(timespec="microseconds")
    clock.now = NOW + timedelta(seconds=59)
    await made(store, smtp, clock).drain()
    assert states(store) == ["failed", "waiting", "sent"]
    clock.now = NOW + timedelta(seconds=60)
    await made(store, smtp, clock).drain()
    assert states(store) == ["sent", "sent", "sent"]


async def test_a_refusal_for_good_is_dead_at_once_and_an_event(store: Store, smtp: Receiver, clock: Clock) -> None:
    name = ticket(store, 1, "acknowledgement", "relay")
    smtp.answer("RCPT", "550 5.1.1 tidak ada")
    await made(store, smtp, clock).drain()
    assert states(store) == ["dead", "sent"]
    assert "dead" in [event["kind"] for event in store.history(name)]


async def test_the_same_bytes_again_after_a_broken_line(store: Store, smtp: Receiver, clock: Clock) -> None:
    ticket(store, 1, "acknowledgement")
    smtp.drop("content")
    await made(store, smtp, clock).drain()
    assert states(store) == ["failed"]
    clock.now += timedelta(minutes=2)
    await made(store, smtp, clock).drain()
    assert states(store) == ["sent"]
    first, second = smtp.mails
    assert first.content == second.content


async def test_an_unreachable_server_is_stated_once_and_all_goes_on_when_it_returns(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (port,) = free_ports(1)
    for number in range(1, 6):
        ticket(store, number, "acknowledgement")
    delivery = made(store, port, clock)
    with caplog.at_level(logging.WARNING, "hero.delivery"):
        async with running(delivery):
            await until(lambda: delivery.server.failures >= 3, "it was not tried again")
            assert states(store) == ["waiting"] * 5
            with Receiver(port=port) as smtp:
                await until(lambda: len(smtp.mails) == 5, "it did not go on")
                await until(lambda: states(store) == ["sent"] * 5, "not recorded")
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "tried again with growing pauses" in line]) == 1
    assert len([line for line in said if "answers again" in line]) == 1
    assert delivery.server.fault is None


async def test_under_the_brake_only_a_persons_words_leave(store: Store, smtp: Receiver, clock: Clock) -> None:
    ticket(store, 1, "acknowledgement", automatic=True)
    ticket(store, 2, "relay")
    store.set_brake(True, "admin", NOW)
    await made(store, smtp, clock).drain()
    assert states(store) == ["waiting", "sent"]
    store.set_brake(False, "admin", NOW)
    await made(store, smtp, clock).drain()
    assert states(store) == ["sent", "sent"]


async def test_results_are_committed_one_by_one(store: Store, smtp: Receiver, clock: Clock) -> None:
    for number in range(1, 4):
        ticket(store, number, "relay", recipient=f"k{number}@luar.example")
    smtp.silent("RCPT", who="k3@luar.example")
    delivery = made(store, smtp, clock, connections=1)
    task = asyncio.create_task(delivery.drain())
    await until(lambda: states(store) == ["sent", "sent", "waiting"], "the first two wait for the third")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_database_that_fails_after_a_mail_left_sends_it_only_once(
    store: Store, smtp: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("router.store.engine.PRAGMAS", ("busy_timeout=0",))
    impatient = Store(f"sqlite:///{store.file}")
    ticket(store, 1, "relay")
    ticket(store, 2, "relay", recipient="budi@luar.example")
    other = sqlite3.connect(str(store.file), isolation_level=None, check_same_thread=False)
    take, smtp_keep = threading.Lock(), smtp.house.keep

    def lock_then_keep(mail: Mail) -> None:
        """Another process takes SQLite's only writing lock while the mail is on its way."""
        if take.acquire(blocking=False):
            other.execute("BEGIN IMMEDIATE")
        smtp_keep(mail)

    smtp.house.keep = lock_then_keep
    delivery = made(impatient, smtp, clock)
    with caplog.at_level(logging.WARNING, "hero.delivery"):
        async with running(delivery):
            await until(lambda: len(smtp.mails) == 2 and delivery.store_fault is not None, "nothing failed")
            await asyncio.sleep(1.5)
            other.execute("ROLLBACK")
            await until(lambda: states(store) == ["sent", "sent"], "the result was forgotten")
    other.close()
    impatient.close()
    assert len(smtp.mails) == 2
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


async def test_a_server_that_hangs_does_not_keep_it_from_stopping(store: Store, smtp: Receiver, clock: Clock) -> None:
    ticket(store, 1, "relay")
    smtp.silent("RCPT")
    delivery = made(store, smtp, clock)
    task = asyncio.create_task(delivery.run())
    await until(lambda: any(line.startswith("RCPT") for line in smtp.commands), "nothing was tried")
    delivery.stop()
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(task, 0.5)
    assert time.monotonic() - started < 3
    assert store.release("test|1|0", clock()) == 1


async def test_stopping_gives_back_what_was_not_tried(store: Store, smtp: Receiver, clock: Clock) -> None:
    for number in range(1, 4):
        ticket(store, number, "relay", recipient=f"k{number}@luar.example")
    smtp.silent("RCPT", who="k1@luar.example")
    delivery = made(store, smtp, clock, connections=1)
    async with running(delivery):
        await until(lambda: any(line.startswith("RCPT") for line in smtp.commands), "nothing was tried")
        delivery.stop()
    assert states(store) == ["failed", "waiting", "waiting"]
    assert store.release("test|1|0", clock()) == 0


async def test_a_wake_up_beats_the_sweep(store: Store, smtp: Receiver, clock: Clock) -> None:
    delivery = made(store, smtp, clock)
    async with running(delivery):
        await asyncio.sleep(0.2)
        ticket(store, 1, "relay")
        delivery.wake()
        started = time.monotonic()
        await until(lambda: len(smtp.mails) == 1, "not sent")
        assert time.monotonic() - started < 1.5
