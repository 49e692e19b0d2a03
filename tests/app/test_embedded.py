"""The demo's mail house: mail by SMTP lands in INBOX, IMAP tells of it, strangers are refused."""

from __future__ import annotations

import smtplib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from router.app.embedded import MailHouse
from router.wire.faults import Refused, Unreachable
from router.wire.imap import ImapSettings, Mailbox
from router.wire.smtp import Connection, SmtpSettings

HERO = "hero@kemendag.test"
MAIL = b"From: ani@luar.test\r\nSubject: Halo\r\nX-Aneh:  y \r\n\r\n.titik\r\nS\xc3\xa9lamat\r\n"


@pytest.fixture
def house() -> Iterator[MailHouse]:
    house = MailHouse(authserv_id="mx.kemendag.test")
    house.start({HERO: (HERO, "rahasia"), "ani@luar.test": ("ani", "sandi")})
    yield house
    house.stop()


@pytest.fixture
def mailbox(house: MailHouse) -> Iterator[Mailbox]:
    box = Mailbox(ImapSettings("127.0.0.1", house.imap_port, "plain", HERO, lambda: "rahasia", read_timeout=5))
    box.connect()
    yield box
    box.close()


async def test_mail_by_smtp_lands_in_the_inbox_with_its_trace(house: MailHouse) -> None:
    connection = Connection(SmtpSettings("127.0.0.1", house.smtp_port, "plain"))
    assert (await connection.send("ani@luar.test", "Hero@Kemendag.test", MAIL)).state == "sent"
    assert (await connection.send("", "ani@luar.test", MAIL)).state == "sent"
    unknown = await connection.send(HERO, "siapa@luar.test", MAIL)
    assert (unknown.state, unknown.code) == ("dead", 550)
    await connection.close()
    [delivered] = house.inbox(HERO)
    assert delivered.startswith(b"Return-Path: <ani@luar.test>\r\nAuthentication-Results: mx.kemendag.test; spf=pass")
    assert delivered.endswith(b"dmarc=pass header.from=luar.test\r\n" + MAIL)
    assert house.inbox("ani@luar.test") == [b"Return-Path: <>\r\n" + MAIL]


def test_imap_reads_what_was_delivered_bit_by_bit(house: MailHouse, mailbox: Mailbox) -> None:
    odd = b"Subject: hanya LF\n\nisi tanpa akhir\r\n\r\nContent-Type: multipart"
    house.deliver(HERO, MAIL)
    house.deliver(HERO, odd)
    first, second = mailbox.all_uids()
    assert mailbox.fetch([second, first, 9]) == [(second, odd), (first, MAIL)]
    assert mailbox.sizes([first]) == {first: len(MAIL)}
    assert mailbox.fetch_header(first, 10) == MAIL[:10]
    assert mailbox.uids_after(second) == []
    mailbox.move([first], "HERO/Gagal")
    assert mailbox.all_uids() == [second]
    assert house.inbox(HERO) == [odd]


def test_every_delivery_ends_an_idle(house: MailHouse, mailbox: Mailbox) -> None:
    watched, waker = socket.socketpair()
    with watched, waker:
        for early in (True, False) * 5:  # before IDLE begins, and while it waits
            last = mailbox.uidnext - 1
            assert mailbox.uids_after(last) == []
            timer = threading.Timer(0 if early else 0.1, house.deliver, (HERO, MAIL))
            timer.start()
            if early:
                timer.join()
            started = time.monotonic()
            assert mailbox.wait(watched, 10)
            assert time.monotonic() - started < 2
            assert len(mailbox.uids_after(last)) == 1


def test_wrong_password_and_unknown_account(house: MailHouse) -> None:
    for user, secret in ((HERO, "salah"), ("tidak-ada", "rahasia")):
        with pytest.raises(Refused, match="login ditolak"):
            Mailbox(ImapSettings("127.0.0.1", house.imap_port, "plain", user, lambda s=secret: s)).connect()
    with pytest.raises(KeyError):
        house.deliver("tidak-ada@luar.test", MAIL)


def test_stop_ends_every_connection_and_may_be_called_twice(house: MailHouse, mailbox: Mailbox) -> None:
    client = smtplib.SMTP("127.0.0.1", house.smtp_port)
    house.stop()
    house.stop()
    with pytest.raises(Unreachable):
        mailbox.all_uids()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    assert not any(thread.name == "mail-house" for thread in threading.enumerate())
