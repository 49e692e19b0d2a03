"""Intake: what becomes of fetched messages, alone, in batches, in two mailboxes at once, and when something fails."""

from __future__ import annotations

import logging
import sqlite3
import threading
from dataclasses import replace

import pytest

from router.app.again import handle_again
from router.app.assemble import SHADOW
from router.app.stages import Fetched
from router.store.database import Store, StoreUnavailable
from tests.app.made import connected, intake, mail, mailbox, now
from tests.desk.made import policy
from tests.servers.dovecot import Dovecot

UIDVALIDITY = 7


def fetched(*raws: bytes) -> list[Fetched]:
    return [Fetched(uid, raw) for uid, raw in enumerate(raws, 1)]


def test_a_batch_is_tickets_with_numbers_in_order(store: Store) -> None:
    outcomes = intake(store).handle(UIDVALIDITY, fetched(*(mail(n) for n in range(1, 6))))
    assert outcomes == dict.fromkeys(range(1, 6), "ticket")
    numbers = [one["number"].rpartition("-")[2] for one in store.tickets()]
    assert sorted(numbers) == [f"{n:06d}" for n in range(1, 6)]
    assert store.cursor("hero") == (UIDVALIDITY, 5)


def test_one_bad_message_stops_nothing(store: Store) -> None:
    nobody = b"Subject: tanpa pengirim\r\n\r\nHalo\r\n"
    outcomes = intake(store).handle(UIDVALIDITY, fetched(mail(1), b"", nobody, b"\xff\x00\x80" * 50, mail(2)))
    assert [outcomes[uid] for uid in (1, 2, 3, 4, 5)] == [
        "ticket",
        "quarantined",
        "quarantined",
        "quarantined",
        "ticket",
    ]
    assert [one["uid"] for one in store.quarantine_list()] == [2, 3, 4]


def broken_rows(store: Store, condition: str) -> None:
    """Rows that the database refuses, as a constraint that nobody thought of would."""
    with store.write() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER odd BEFORE INSERT ON {condition} BEGIN SELECT RAISE(ABORT, 'constraint: odd'); END"
        )


def test_what_the_database_refuses_is_quarantined_with_its_bytes(store: Store) -> None:
    broken_rows(store, "message WHEN NEW.subject LIKE '%error 2%'")
    outcomes = intake(store).handle(UIDVALIDITY, fetched(mail(1), mail(2), mail(3)))
    assert outcomes == {1: "ticket", 2: "quarantined", 3: "ticket"}
    (aside,) = store.quarantine_list()
    assert (aside["stage"], aside["uid"]) == ("commit", 2)
    assert "odd" in aside["reason"]
    kept = store.quarantine_retry(aside["id"])
    assert kept
    assert kept.raw == mail(2)
    assert store.unaccounted("hero", UIDVALIDITY, [1, 2, 3]) == []


def test_what_cannot_even_be_quarantined_is_not_called_done(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    broken_rows(store, "intake WHEN NEW.uid = 2")
    with caplog.at_level(logging.CRITICAL):
        outcomes = intake(store).handle(UIDVALIDITY, fetched(mail(1), mail(2), mail(3)))
    assert outcomes == {1: "ticket", 3: "ticket"}
    assert store.unaccounted("hero", UIDVALIDITY, [1, 2, 3]) == [2]
    assert "uid=2" in caplog.text


def test_a_database_that_cannot_be_used_never_means_quarantine(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.store.engine.PRAGMAS", ("busy_timeout=0",))
    impatient = Store(f"sqlite:///{store.file}")
    takes = intake(impatient)
    takes.handle(UIDVALIDITY, fetched(mail(1)))
    other = sqlite3.connect(str(store.file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable):
        takes.handle(UIDVALIDITY, [Fetched(2, mail(2))])
    other.execute("ROLLBACK")
    other.close()
    assert list(store.quarantine_list()) == []
    assert takes.handle(UIDVALIDITY, [Fetched(2, mail(2))]) == {2: "ticket"}
    impatient.close()


def test_the_same_message_twice_in_a_batch_is_one_ticket(store: Store) -> None:
    again = mail(1).replace(b"e-SKA error", b"[EXT] e-SKA error")  # a relay has written on it: same msg-id and author
    outcomes = intake(store).handle(UIDVALIDITY, fetched(mail(1), mail(1), again))
    assert list(outcomes.values()) == ["ticket", "duplicate", "duplicate"]
    assert len(list(store.tickets())) == 1


def test_an_answer_in_the_batch_of_its_question_joins_it(store: Store) -> None:
    answer = mail(2, sender="pelanggan1@luar.example", In_Reply_To="<m1@luar.example>")
    outcomes = intake(store).handle(UIDVALIDITY, fetched(mail(1), answer, mail(3)))
    assert list(outcomes.values()) == ["ticket", "reply", "ticket"]
    assert len(list(store.tickets())) == 2


def test_the_budget_counts_within_a_batch(store: Store) -> None:
    storm = [mail(n, sender="ribut@luar.example") for n in range(1, 16)]
    intake(store).handle(UIDVALIDITY, fetched(*storm))
    answers = [one for one in store.outbox_list() if one["kind"] == "acknowledgement"]
    assert [one["state"] for one in answers] == ["waiting"] * 10 + ["held"] * 5


def test_two_mailboxes_at_the_same_moment_are_one_ticket(store: Store) -> None:
    """Both threads plan on facts without the message; the store lets one of them win."""
    barrier = threading.Barrier(2)
    outcomes: dict[str, dict[int, str]] = {}

    def take(name: str) -> None:
        takes = intake(store)
        takes.name = name
        barrier.wait(10)
        outcomes[name] = takes.handle(UIDVALIDITY, fetched(*(mail(n) for n in range(1, 31))))

    threads = [threading.Thread(target=take, args=(name,)) for name in ("hero", "ska")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for uid in range(1, 31):
        assert sorted((outcomes["hero"][uid], outcomes["ska"][uid])) == ["duplicate", "ticket"]
    assert len(list(store.tickets())) == 30
    assert len([one for one in store.outbox_list() if one["kind"] == "acknowledgement"]) == 30


def test_in_shadow_mode_all_is_recorded_and_held(store: Store) -> None:
    shadow = replace(policy(), hold_all=SHADOW)
    intake(store, with_policy=shadow).handle(UIDVALIDITY, fetched(mail(1)))
    assert {(one["state"], one["held"]) for one in store.outbox_list()} == {("held", SHADOW)}
    assert store.claim("live", 50, now(), 60.0) == []


def test_quarantine_retry_handles_it_with_the_rules_of_now(store: Store) -> None:
    broken_rows(store, "message WHEN NEW.subject LIKE '%error 1%'")
    intake(store).handle(UIDVALIDITY, fetched(mail(1)))
    with store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER odd")
    (aside,) = store.quarantine_list()
    kept = store.quarantine_retry(aside["id"])
    assert kept
    done, told = handle_again(kept, store, policy())
    assert done, told
    assert list(store.quarantine_list()) == []
    assert [one["customer"]["address"] for one in store.tickets()] == ["pelanggan1@luar.example"]
    outcome = store.outcome("hero", UIDVALIDITY, 1)
    assert outcome
    assert outcome["outcome"] == "ticket"


def test_a_retry_that_fails_again_says_so(store: Store) -> None:
    intake(store).handle(UIDVALIDITY, fetched(b"Subject: x\r\n\r\nhalo\r\n"))
    (aside,) = store.quarantine_list()
    kept = store.quarantine_retry(aside["id"])
    assert kept
    done, told = handle_again(kept, store, policy())
    assert not done
    assert "quarantined" in told


def test_a_retry_of_an_oversize_message_knows_that_it_has_the_header_only(store: Store) -> None:
    broken_rows(store, "message WHEN NEW.subject LIKE '%error 1%'")
    intake(store).handle(UIDVALIDITY, [Fetched(1, mail(1), oversize=90_000_000)])
    with store.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER odd")
    (aside,) = store.quarantine_list()
    kept = store.quarantine_retry(aside["id"])
    assert kept
    assert handle_again(kept, store, policy())[0]
    outcome = store.outcome("hero", UIDVALIDITY, 1)
    assert outcome
    assert outcome["outcome"] == "too_large"


# -- with a server ---------------------------------------------------------------------------------------------------


def test_a_vanished_message_is_passed_over(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1), mail(2), mail(3))
    settings = mailbox(dovecot.imap_port, account)
    box = connected(settings)
    waiting = box.all_uids()
    dovecot.expunge(account, waiting[1])
    assert intake(store, settings).take(box, waiting) == 3
    box.close()
    assert {one["customer"]["address"] for one in store.tickets()} == {
        "pelanggan1@luar.example",
        "pelanggan3@luar.example",
    }


def test_an_oversize_message_is_a_ticket_by_its_header(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1, text="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 5000), mail(2))
    settings = mailbox(dovecot.imap_port, account)
    box = connected(settings)
    intake(store, settings).take(box, box.all_uids())
    first = store.outcome("hero", box.uidvalidity, 1)
    box.close()
    assert first
    assert first["outcome"] == "too_large"
    assert len(list(store.tickets())) == 2


def test_a_batch_ends_at_its_bytes(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, *(mail(n, text=("z" * 70 + "\r\n") * 100) for n in range(1, 6)))
    settings = mailbox(dovecot.imap_port, account)
    box = connected(settings)
    waiting = box.all_uids()
    takes = intake(store, settings, total_bytes=16_000)
    counts = []
    while waiting:
        counts.append(takes.take(box, waiting))
        waiting = waiting[counts[-1] :]
    box.close()
    assert counts == [2, 2, 1]


def test_after_the_commit_messages_are_moved(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1), b"Subject: tanpa pengirim\r\n\r\nHalo\r\n")
    settings = mailbox(dovecot.imap_port, account, done_folder="Selesai", failed_folder="HERO/Gagal")
    box = connected(settings)
    intake(store, settings).take(box, box.all_uids())
    box.close()
    assert dovecot.messages(account) == []
    assert len(dovecot.messages(account, "Selesai")) == 1
    assert len(dovecot.messages(account, "HERO/Gagal")) == 1


def test_a_folder_that_takes_nothing_costs_tidiness_only(store: Store, dovecot: Dovecot, account: str) -> None:
    dovecot.deliver(account, mail(1))
    settings = mailbox(dovecot.imap_port, account, done_folder="a/" * 200 + "b")
    box = connected(settings)
    assert intake(store, settings).take(box, box.all_uids()) == 1
    box.close()
    assert len(list(store.tickets())) == 1
    assert len(dovecot.messages(account)) == 1
