"""Waiting: a push is never missed, a dead line is seen at once, and nothing spins."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from router.wire.faults import Unreachable
from router.wire.imap import Mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ScriptedImap
from tests.wire.conftest import USER, settings

Opened = Callable[..., Mailbox]
Wake = tuple[socket.socket, socket.socket]
MAIL = b"Subject: satu\r\n\r\nisi\r\n"


def later(seconds: float, act: Callable[[], object]) -> None:
    threading.Timer(seconds, act).start()


def elapsed(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def test_push_ends_the_wait(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot)
    later(0.2, lambda: dovecot.deliver(USER, MAIL))
    assert box.wait(wake[0], 10)
    assert box.uids_after(0) == [1]
    assert box.idle_since is not None


@pytest.mark.parametrize("security", ["plain", "starttls"])
def test_push_between_search_and_idle_is_not_missed(
    dovecot: Dovecot, mailbox: Opened, wake: Wake, security: str
) -> None:
    box = mailbox(dovecot, security=security, ca_file=dovecot.ca_file)
    for round_ in range(10):
        assert box.uids_after(round_) == []
        dovecot.append(USER, MAIL)
        assert elapsed(lambda: box.wait(wake[0], 10)) < 1.5
        assert box.uids_after(round_) == [round_ + 1]


def test_push_within_another_command_is_not_missed(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    """The server tells of a mail once: here in its answer to FETCH or MOVE, and never again in IDLE."""
    dovecot.append(USER, MAIL)
    box = mailbox(dovecot)
    for act in (lambda: box.sizes([1]), lambda: box.fetch([1]), lambda: box.move([1], "Selesai")):
        last = box.all_uids()[-1]
        dovecot.append(USER, MAIL)
        act()
        assert elapsed(lambda: box.wait(wake[0], 5)) < 2
        assert box.uids_after(last) == [last + 1]


def test_wake_and_the_end_of_the_slice_say_nothing_happened(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot)
    assert not box.wait(wake[0], 0.1)
    later(0.1, lambda: wake[1].send(b"x"))
    assert not box.wait(wake[0], 10)
    assert wake[0].recv(1) == b"x"  # left for the caller
    assert box.all_uids() == []


def test_end_of_the_server_is_seen_at_once(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot)
    later(0.2, dovecot.kill)
    started, cpu = time.monotonic(), time.process_time()
    with pytest.raises(Unreachable):
        box.wait(wake[0], 10)
    assert time.monotonic() - started < 2
    assert time.process_time() - cpu < 0.5
    assert box.idle_since is None


def test_black_hole_is_seen_at_the_end_of_the_slice(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot, read_timeout=0.4)
    later(0.1, dovecot.pause)
    with pytest.raises(Unreachable, match=r"IDLE: tidak ada jawaban dalam 0\.4 detik"):
        box.wait(wake[0], 0.3)


def test_polling_where_idle_is_off(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot, idle=False, poll_seconds=0.2)
    assert not box.can_idle
    dovecot.deliver(USER, MAIL)
    assert 0.15 < elapsed(lambda: box.wait(wake[0], 10)) < 1
    assert box.uids_after(0) == [1]  # though no IDLE told the session
    assert not box.wait(wake[0], 0.05)
    assert box.wait(wake[0], 10)
    wake[1].send(b"x")
    assert not box.wait(wake[0], 10)


def test_end_of_the_server_is_seen_while_polling(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot, idle=False, poll_seconds=30)
    later(0.1, dovecot.kill)
    assert elapsed(lambda: box.wait(wake[0], 10)) < 2
    with pytest.raises(Unreachable):
        box.all_uids()


@pytest.mark.parametrize(
    "answer",
    [
        "* 5 EXISTS|+ idling",  # before the continuation (RFC 3501, 7)
        "+ idling|* 5 EXISTS",  # in the same packet
        "+ idling|* 5 EXI\\|SPLIT|STS",  # in two halves
        "* 5 EXI\\|SPLIT|STS|+ idling",
        "+ idling|SPLIT|* 5 EXISTS",
    ],
)
def test_push_is_seen_however_it_is_cut(wake: Wake, answer: str) -> None:
    with ScriptedImap({"IDLE": answer}) as server:
        box = Mailbox(settings(server.port, secret=lambda: "rahasia"))
        box.connect()
        assert elapsed(lambda: box.wait(wake[0], 10)) < 1
        assert server.lines[-1] == "DONE"
        box.close()


@pytest.mark.parametrize(
    ("answer", "done", "said"),
    [
        ("{tag} NO not now", "", "not now"),
        ("{tag} BAD what", "", "what"),
        ("+ idling|* BYE idle too long|CUT", "", "IDLE"),
        ("CUT", "", "EOF"),
        ("+ idling|SPLIT|CUT", "", "IDLE"),
        ("+ idling", "{tag} BAD lost", "lost"),
        ("+ idling", "* BYE going|CUT", "going"),
        ("nonsense", "", "nonsense"),
    ],
)
def test_idle_that_fails_is_passing(wake: Wake, answer: str, done: str, said: str) -> None:
    with ScriptedImap({"IDLE": answer, "DONE": done}) as server:
        box = Mailbox(settings(server.port, secret=lambda: "rahasia"))
        box.connect()
        with pytest.raises(Unreachable, match=said):
            box.wait(wake[0], 0.3)


def test_pushes_are_not_hoarded(dovecot: Dovecot, mailbox: Opened, wake: Wake) -> None:
    box = mailbox(dovecot)
    for _ in range(3):
        dovecot.append(USER, MAIL)
        box.wait(wake[0], 5)
        box.fetch(box.all_uids())
    assert not box._client._imap.untagged_responses
