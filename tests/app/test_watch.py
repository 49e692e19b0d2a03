"""A watched mailbox on a real Dovecot: start, faults, leases, what is left behind, and what `status` says."""

from __future__ import annotations

import imaplib
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from router.app.backoff import PAUSES, Backoff
from router.app.watch import LEASE, Watch
from router.store.database import Store
from tests.app.made import connected, intake, mail, mailbox, now, until, watch
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports


@contextmanager
def running(*watches: Watch) -> Iterator[None]:
    for one in watches:
        one.start()
    try:
        yield
    finally:
        for one in watches:
            one.stop()
        for one in watches:
            one.join(10)
            assert not one.is_alive()


def customers(store: Store) -> set[str]:
    return {one["customer"]["address"].partition("@")[0] for one in store.tickets()}


def state(store: Store, name: str = "hero") -> dict[str, object]:
    return next(box for box in store.status()["mailboxes"] if box["name"] == name)


def test_pauses_grow_and_a_refusal_begins_further_up() -> None:
    passing, lasting = Backoff(), Backoff()
    pauses = [passing.next() for _ in range(len(PAUSES) + 3)]
    for pause, wanted in zip(pauses, PAUSES, strict=False):
        assert 0.8 * wanted <= pause <= 1.2 * wanted
    assert pauses[-1] >= 240
    assert lasting.next(slowly=True) >= 16
    passing.reset()
    assert passing.next() <= 1.2


def test_what_lies_there_and_what_comes_is_taken(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1), mail(2))
    watched = watch(store, mailbox(dovecot.imap_port, account))
    with running(watched):
        until(lambda: customers(store) == {"pelanggan1", "pelanggan2"}, "the backlog")
        until(lambda: state(store)["state"] == "idle", "not idle")
        dovecot.deliver(account, mail(3))
        until(lambda: len(customers(store)) == 3, "what came was not taken")
        until(lambda: state(store)["server_uids"] == 3, "the count of the server's UIDs")
        found = state(store)
        assert (found["known_uids"], found["unaccounted"], found["last_error"]) == (3, 0, None)
        assert found["last_check_at"]
        assert found["idle_since"]
    assert state(store)["state"] == "stopped"


def test_an_unreachable_server_is_stated_once_and_waited_out(
    store: Store, dovecot: Dovecot, account: str, caplog: pytest.LogCaptureFixture
) -> None:
    (port,) = free_ports(1)
    lost, fine = watch(store, mailbox(port, account, "ska")), watch(store, mailbox(dovecot.imap_port, account))
    with caplog.at_level(logging.WARNING, "hero.mailbox"), running(lost, fine):
        dovecot.deliver(account, mail(1))
        until(lambda: customers(store) == {"pelanggan1"}, "another mailbox did not go on")
        time.sleep(4)  # some three tries
    said = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == 1
    assert "mailbox=ska" in said[0].getMessage()
    assert lost.failure


def test_a_folder_that_is_not_there_is_a_fault_that_status_shows(store: Store, dovecot: Dovecot, account: str) -> None:
    with running(watch(store, mailbox(dovecot.imap_port, account, folder="Tidak/Ada"))):
        until(lambda: [box["state"] for box in store.status()["mailboxes"]] == ["failed"], "no fault")
        assert "Tidak/Ada" in str(state(store)["last_error"])


def test_stopping_does_not_wait_for_a_black_hole(store: Store, account: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:  # takes connections and says nothing
        watched = watch(store, mailbox(hole.getsockname()[1], account, timeout_seconds=30))
        watched.start()
        time.sleep(0.3)
        watched.stop()
        assert watched.waits  # the daemon does not wait for a thread that has nothing in hand


def test_stopping_ends_a_pause_at_once(store: Store, account: str) -> None:
    (port,) = free_ports(1)
    watched = watch(store, mailbox(port, account))
    watched.start()
    until(lambda: watched.failure, "no fault")
    time.sleep(2.5)  # it waits some two seconds now
    watched.stop()
    started = time.monotonic()
    watched.join(5)
    assert time.monotonic() - started < 0.5


def test_only_one_of_two_has_a_mailbox(
    store: Store, dovecot: Dovecot, account: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.app.watch.OCCUPIED_PAUSE", 0.2)
    settings = mailbox(dovecot.imap_port, account)
    first, second = watch(store, settings, "a|1|0"), watch(store, settings, "b|2|0")
    with caplog.at_level(logging.ERROR, "hero.mailbox"), running(first):
        until(lambda: first.looked_at, "the first did not begin")
        with running(second):
            until(lambda: second.failure, "the second did not notice")
            assert not second.held
            assert state(store)["state"] == "idle"  # what the first one says stands
            time.sleep(1)
            first.stop()
            first.join(5)
            until(lambda: second.looked_at, "the second did not take over")
    assert len([one for one in caplog.records if "another hero-router" in one.getMessage()]) == 1


def test_a_lease_that_nobody_renews_ends(store: Store) -> None:
    from datetime import timedelta

    assert store.take_lease("mailbox:hero", "dead|1|0", now() - timedelta(seconds=LEASE + 1), LEASE)
    assert store.take_lease("mailbox:hero", "other|2|0", now(), LEASE)


def test_what_was_committed_but_not_moved_is_moved_at_the_next_connect(
    store: Store, dovecot: Dovecot, account: str
) -> None:
    dovecot.deliver(account, mail(1), b"Subject: tanpa pengirim\r\n\r\nHalo\r\n", mail(2))
    plain = mailbox(dovecot.imap_port, account, failed_folder="")
    box = connected(plain)
    intake(store, plain).take(box, box.all_uids()[:2])  # killed here, before the server was told
    box.close()
    watched = watch(store, mailbox(dovecot.imap_port, account, done_folder="Selesai", failed_folder="Gagal"))
    with running(watched):
        until(lambda: watched.looked_at, "not caught up")
    assert dovecot.messages(account) == []
    assert len(dovecot.messages(account, "Selesai")) == 2
    assert len(dovecot.messages(account, "Gagal")) == 1
    assert customers(store) == {"pelanggan1", "pelanggan2"}


def test_without_a_done_folder_only_failures_are_moved(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1), b"Subject: tanpa pengirim\r\n\r\nHalo\r\n")
    plain = mailbox(dovecot.imap_port, account, failed_folder="")
    box = connected(plain)
    intake(store, plain).take(box, box.all_uids())
    box.close()
    watched = watch(store, mailbox(dovecot.imap_port, account))
    watched.single = True
    with running(watched):
        watched.join(10)
    assert len(dovecot.messages(account)) == 1
    assert len(dovecot.messages(account, "HERO/Gagal")) == 1


def test_start_new_leaves_alone_what_lies_there(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1), mail(2))
    settings = mailbox(dovecot.imap_port, account, start="new", done_folder="Selesai")
    watched = watch(store, settings)
    with running(watched):
        until(lambda: watched.looked_at, "not caught up")
        dovecot.deliver(account, mail(3))
        until(lambda: customers(store) == {"pelanggan3"}, "the new one was not taken")
    assert state(store)["unaccounted"] == 0
    again = watch(store, settings)
    again.single = True
    with running(again):
        again.join(10)
    assert customers(store) == {"pelanggan3"}
    assert len(dovecot.messages(account)) == 2  # not moved either: it was never ours


def test_start_new_leaves_old_mail_alone_also_under_a_new_uidvalidity(
    store: Store, dovecot: Dovecot, account: str
) -> None:
    month_ago = imaplib.Time2Internaldate(time.time() - 30 * 86400)
    with dovecot.login(account) as client:
        client.append("INBOX", "", month_ago, mail(1))
    settings = mailbox(dovecot.imap_port, account, start="new")
    watched = watch(store, settings)
    with running(watched):
        until(lambda: watched.looked_at, "not caught up")
        dovecot.deliver(account, mail(2))
        until(lambda: customers(store) == {"pelanggan2"}, "the new one was not taken")
    dovecot.bump_uidvalidity(account)
    dovecot.deliver(account, mail(3))
    again = watch(store, settings)
    again.single = True
    with running(again):
        again.join(10)
    assert again.failure is None
    assert customers(store) == {"pelanggan2", "pelanggan3"}
    assert state(store)["unaccounted"] == 0


def test_start_all_takes_what_lies_there(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1))
    watched = watch(store, mailbox(dovecot.imap_port, account))
    watched.single = True
    with running(watched):
        watched.join(10)
    assert customers(store) == {"pelanggan1"}


def test_a_message_that_vanished_while_it_was_tried_is_no_alarm(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1), mail(2))
    settings = mailbox(dovecot.imap_port, account)
    watched = watch(store, settings)
    box = connected(settings)
    shown = box.all_uids()
    dovecot.expunge(account, shown[0])
    watched._begin(box, shown)
    watched._held_until = time.monotonic() + LEASE
    watched._catch_up(box, shown)
    box.close()
    assert watched.missing == frozenset()
    assert state(store)["unaccounted"] == 0


def test_a_single_look_says_what_failed(store: Store, account: str) -> None:
    (port,) = free_ports(1)
    watched = watch(store, mailbox(port, account))
    watched.single = True
    watched.start()
    watched.join(10)
    assert not watched.is_alive()
    assert watched.failure
