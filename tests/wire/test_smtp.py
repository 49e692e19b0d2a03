"""Sending: what each answer of a server means, when a connection is kept, and what may have arrived."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from router.wire import smtp as wire
from router.wire.faults import Fault, Refused, Unreachable
from router.wire.smtp import Answer, Connection, SmtpSettings, probe
from tests.servers.dovecot import certificate
from tests.servers.ports import free_ports
from tests.servers.smtpd import Receiver

MAIL = b"From: hero@kemendag.test\r\nMessage-ID: <a.1@kemendag.test>\r\nSubject: Halo\r\n\r\nisi\r\n"
ANI = "ani@luar.test"
HERO = "hero@kemendag.test"


def to(receiver: Receiver, **changes: Any) -> SmtpSettings:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": receiver.port, "security": "plain", "timeout": 3.0}
    return SmtpSettings(**{**given, **changes})


async def send(settings: SmtpSettings, *recipients: str, sender: str = HERO, content: bytes = MAIL) -> list[Answer]:
    """One connection, one mail for each recipient, one after the other."""
    connection = Connection(settings)
    try:
        return [await connection.send(sender, recipient, content) for recipient in recipients]
    finally:
        await connection.close()


async def test_sent_mail_is_what_was_given() -> None:
    content = b".titik\r\n..dua\r\n\r\nS\xc3\xa9lamat\r\n.\r\nRCPT TO:<x@y>\r\n"
    with Receiver() as server:
        [answer] = await send(to(server), ANI, sender="", content=content)
        [mail] = server.wait_for(1)
    assert answer == Answer("sent", 250, "2.0.0 queued")
    assert (mail.sender, mail.recipients, mail.content) == ("", (ANI,), content)
    assert mail.options == f"SIZE={len(content)} BODY=8BITMIME"


async def test_one_connection_carries_many_mails_and_says_goodbye() -> None:
    with Receiver() as server:
        answers = await send(to(server), *[ANI] * 5)
        assert {mail.connection for mail in server.mails} == {1}
        assert server.commands[:2] == ["EHLO [127.0.0.1]", f"MAIL FROM:<{HERO}> SIZE={len(MAIL)}"]
        assert server.commands[-1] == "QUIT"
    assert {answer.state for answer in answers} == {"sent"}


@pytest.mark.parametrize(
    ("stage", "reply", "state", "code"),
    [
        ("MAIL", "451 4.7.1 nanti", "failed", 451),
        ("MAIL", "553 5.7.1 bukan pengirim", "dead", 553),
        ("RCPT", "450 4.2.0 greylisted", "failed", 450),
        ("RCPT", "452 4.2.2 penuh", "failed", 452),
        ("RCPT", "550 5.1.1 tidak ada", "dead", 550),
        ("DATA", "451 4.3.0 nanti", "failed", 451),
        ("DATA", "554 5.5.1 tidak", "dead", 554),
        ("content", "452 4.3.1 penuh", "failed", 452),
        ("content", "552 5.3.4 terlalu besar", "dead", 552),
        ("content", "250-baris satu\r\n250 dua", "sent", 250),
    ],
)
async def test_what_an_answer_means(stage: Any, reply: str, state: str, code: int) -> None:
    with Receiver() as server:
        server.answer(stage, reply)
        first, second = await send(to(server), ANI, ANI)
        assert (first.state, first.code, first.unknown) == (state, code, False)
        assert " ".join(reply[4:].split()[:2]) in first.text
        assert second.state == "sent"  # on the same connection, after RSET
        assert server.connections == 1


async def test_greylisting_ends_with_the_next_try() -> None:
    with Receiver() as server:
        server.answer("RCPT", "450 4.7.1 nanti", times=2, who=ANI)
        answers = await send(to(server), ANI, "budi@luar.test", ANI, ANI)
    assert [answer.state for answer in answers] == ["failed", "sent", "failed", "sent"]


@pytest.mark.parametrize(
    ("stage", "unknown", "taken"), [("MAIL", False, 0), ("RCPT", False, 0), ("DATA", False, 0), ("content", True, 1)]
)
async def test_cut_line(stage: Any, unknown: bool, taken: int) -> None:
    with Receiver() as server:
        server.drop(stage)
        first, second = await send(to(server), ANI, ANI)
        assert (first.state, first.code, first.unknown) == ("failed", None, unknown)
        assert first.text.startswith(f"SMTP 127.0.0.1:{server.port} (tanpa login): {stage}")
        assert "koneksi terputus" in first.text
        assert second.state == "sent"
        assert (len(server.mails), server.connections) == (taken + 1, 2)


@pytest.mark.parametrize(("stage", "unknown"), [("MAIL", False), ("RCPT", False), ("DATA", False), ("content", True)])
async def test_silence_ends_with_the_timeout(stage: Any, unknown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CONTENT_PATIENCE", 1)
    with Receiver() as server:
        server.silent(stage)
        started = time.monotonic()
        first, second = await send(to(server, timeout=0.3), ANI, ANI)
        assert time.monotonic() - started < 2
    assert (first.state, first.unknown, second.state) == ("failed", unknown, "sent")
    assert f"{stage}" in first.text
    assert "tidak ada jawaban dalam 0.3 detik" in first.text


async def test_content_is_given_more_patience_than_a_command() -> None:
    with Receiver() as server:
        server.silent("content")
        started = time.monotonic()
        [answer] = await send(to(server, timeout=0.1), ANI)
    assert 0.45 < time.monotonic() - started < 2
    assert answer.unknown


async def test_421_closes_and_the_next_mail_goes_by_a_new_connection() -> None:
    with Receiver() as server:
        server.answer("RCPT", "421 4.3.2 shutting down")
        first, second = await send(to(server), ANI, ANI)
        assert (first.state, first.code, second.state, server.connections) == ("failed", 421, "sent", 2)


async def test_kept_connection_that_died_costs_no_mail() -> None:
    with Receiver() as server:
        connection = Connection(to(server))
        assert (await connection.send(HERO, ANI, MAIL)).state == "sent"
        server.cut()
        assert (await connection.send(HERO, ANI, MAIL)).state == "sent"
        server.answer("MAIL", "421 4.4.2 idle too long")
        assert (await connection.send(HERO, ANI, MAIL)).state == "sent"
        server.drop("MAIL")
        assert (await connection.send(HERO, ANI, MAIL)).state == "sent"
        assert (len(server.mails), server.connections) == (4, 4)
        await connection.close()


async def test_idle_connection_is_probed_then_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PROBE_AFTER", 0.05)
    monkeypatch.setattr(wire, "CLOSE_AFTER", 0.8)
    with Receiver() as server:
        connection = Connection(to(server))
        await connection.send(HERO, ANI, MAIL)
        await asyncio.sleep(0.1)
        await connection.send(HERO, ANI, MAIL)
        assert (server.commands.count("NOOP"), server.connections) == (1, 1)
        await asyncio.sleep(1.1)
        assert server.commands[-1] == "QUIT"
        server.answer("NOOP", "421 4.4.2 bye")
        await connection.send(HERO, ANI, MAIL)
        await asyncio.sleep(0.1)
        await connection.send(HERO, ANI, MAIL)
        assert (len(server.mails), server.connections) == (4, 3)
        await connection.close()


async def test_connection_is_renewed_after_a_hundred_mails() -> None:
    with Receiver() as server:
        await send(to(server), *[ANI] * 201)
        assert [mail.connection for mail in server.mails] == [1] * 100 + [2] * 100 + [3]
        assert server.commands.count("QUIT") == 3


async def test_cancelled_send_closes_the_connection() -> None:
    with Receiver() as server:
        server.silent("RCPT")
        connection = Connection(to(server))
        task = asyncio.create_task(connection.send(HERO, ANI, MAIL))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await connection.send(HERO, ANI, MAIL)).state == "sent"
        assert (len(server.mails), server.connections) == (1, 2)
        await connection.close()


@pytest.mark.parametrize("recipient", ["", "ani", "a@b.id>\r\nRCPT TO:<evil@z.id", "a@b.id, c@d.id", "<a@b.id>"])
async def test_what_is_no_address_is_dead_without_a_connection(recipient: str) -> None:
    with Receiver() as server:
        [answer] = await send(to(server), recipient)
        assert (answer.state, answer.code, server.connections) == ("dead", None, 0)
        assert answer.text


async def test_smtputf8_only_when_needed_and_only_where_offered() -> None:
    with Receiver() as server:
        answers = await send(to(server), "añi@luar.test", "ani@bücher.test", ANI)
        assert [answer.state for answer in answers] == ["sent"] * 3
        assert ["SMTPUTF8" in mail.options for mail in server.mails] == [True, False, False]
        assert server.mails[1].recipients == ("ani@xn--bcher-kva.test",)
    with Receiver(features=("SIZE",)) as server:
        first, second = await send(to(server), "añi@luar.test", ANI)
        assert (first.state, second.state) == ("dead", "sent")
        assert "SMTPUTF8" in first.text


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("pem")
    certificate(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", folder / "key.pem"


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_encrypted_and_logged_in(security: Any, pem: tuple[Path, Path]) -> None:
    with Receiver({"hero": "rähasia"}, security, *pem) as server:
        settings = to(
            server, security=security, ca_file=pem[0], user="hero", secret=lambda: "rähasia", helo="hero.test"
        )
        answers = await send(settings, ANI, ANI)
        facts = await probe(settings)
        assert server.connections == 2
        assert "EHLO hero.test" in server.commands
    assert {answer.state for answer in answers} == {"sent"}
    assert facts[:2] == ("TLS: TLSv1.3", "login: hero")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_certificate_that_nobody_vouches_for_is_refused(security: Any, pem: tuple[Path, Path]) -> None:
    with Receiver({}, security, *pem) as server, pytest.raises(Refused, match="isi ca_file"):
        await send(to(server, security=security), ANI)


def unheard(server: Receiver) -> SmtpSettings:
    return to(server, port=free_ports(1)[0])


@pytest.mark.parametrize(
    ("prepare", "settings", "fault", "text"),
    [
        (lambda s: None, unheard, Unreachable, "koneksi ditolak"),
        (lambda s: None, lambda s: to(s, host="tidak-ada.invalid"), Unreachable, "nama host tidak ditemukan"),
        (lambda s: None, lambda s: to(s, security="starttls"), Refused, "tidak menawarkan STARTTLS"),
        (lambda s: None, lambda s: to(s, security="tls"), Unreachable, "port dan security"),
        (lambda s: None, lambda s: to(s, helo="a b"), Refused, "periksa"),
        (lambda s: s.answer("greeting", "554 5.7.1 blocked"), to, Unreachable, "554 5.7.1 blocked"),
        (lambda s: s.drop("greeting"), to, Unreachable, "koneksi terputus"),
        (lambda s: s.silent("greeting"), lambda s: to(s, timeout=0.3), Unreachable, "tidak ada jawaban"),
        (lambda s: s.drop("EHLO"), to, Unreachable, "koneksi terputus"),
        (lambda s: s.answer("MAIL", "530 5.7.0 login dulu"), to, Refused, "530 5.7.0 login dulu"),
    ],
)  # fmt: skip
async def test_no_session_is_a_fault_and_says_nothing_of_the_mail(
    prepare: Callable[[Receiver], None], settings: Callable[[Receiver], SmtpSettings], fault: type[Fault], text: str
) -> None:
    with Receiver() as server:
        prepare(server)
        with pytest.raises(fault, match=text) as caught:
            await send(settings(server), ANI)
        assert caught.value.reason.startswith("SMTP ")
        assert server.mails == []


@pytest.mark.parametrize(
    ("reply", "fault"), [("", Refused), ("535 5.7.8 no", Refused), ("454 4.7.0 try later", Unreachable)]
)
async def test_login_is_tried_once_and_its_failure_is_no_fault_of_the_mail(reply: str, fault: type[Fault]) -> None:
    with Receiver({"hero": "rahasia"}) as server:
        if reply:
            server.answer("AUTH", reply)
        settings = to(server, user="hero", secret=lambda: "rahasia" if reply else "salah-sekali")
        with pytest.raises(fault, match=r"SMTP 127.0.0.1:\d+ \(hero\)") as caught:
            await send(settings, ANI)
        assert sum(line.startswith("AUTH") for line in server.commands) == 1
    assert "salah-sekali" not in caught.value.reason + repr(settings)


async def test_login_by_token() -> None:
    with Receiver({"hero": "token"}) as server:
        [answer] = await send(to(server, user="hero", secret=lambda: "token", auth="xoauth2"), ANI)
    assert answer.state == "sent"


async def test_mail_that_broke_off_before_its_end_was_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SLOWEST_LINE", 10**9)
    with Receiver() as server:
        server.house.stall_after = 100_000
        [answer] = await send(
            to(server, timeout=0.1), ANI, content=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1_500_000
        )
    assert (answer.state, answer.unknown) == ("failed", False)
    assert "content: tidak ada jawaban" in answer.text


async def test_large_mail_arrives_whole() -> None:
    large = b"Subject: besar\r\n\r\n" + b".23456789abcde\r\n" * 500_000
    with Receiver() as server:
        [answer] = await send(to(server), ANI, content=large)
        assert answer.state == "sent"
        assert server.mails[0].content == large
