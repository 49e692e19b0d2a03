"""Connecting: each kind of security, and each fault with a text that says where, who and what to do."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from router.wire.faults import Fault, Refused, Unreachable
from router.wire.imap import Mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ScriptedImap
from tests.servers.ports import free_ports
from tests.wire.conftest import SECRET, USER, settings

Opened = Callable[..., Mailbox]


def test_plain_starttls_and_tls_reach_the_same_folder(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.deliver(USER, b"Subject: satu\r\n\r\nisi\r\n")
    plain = mailbox(dovecot)
    starttls = mailbox(dovecot, security="starttls", ca_file=dovecot.ca_file)
    tls = mailbox(dovecot, port=dovecot.imaps_port, security="tls", ca_file=dovecot.ca_file, host="localhost")
    assert plain.facts()[0] == "TLS: tidak dipakai"
    assert starttls.facts()[0] == tls.facts()[0] == "TLS: TLSv1.3"
    assert plain.uidvalidity == starttls.uidvalidity == tls.uidvalidity > 0
    assert (plain.exists, plain.uidnext, plain.can_idle, plain.can_move) == (1, 2, True, True)


def test_wrong_password_is_refused_without_showing_it(dovecot: Dovecot, mailbox: Opened) -> None:
    with pytest.raises(Refused) as caught:
        mailbox(dovecot, secret=lambda: "salah-sekali")
    assert caught.value.reason.startswith(f"IMAP 127.0.0.1:{dovecot.imap_port} ({USER}): login ditolak (")
    assert "periksa user dan kata sandi" in caught.value.reason
    assert "salah-sekali" not in caught.value.reason
    assert SECRET not in repr(settings(1))


def test_secret_is_read_anew_for_each_login(dovecot: Dovecot, mailbox: Opened) -> None:
    secrets = iter(["basi", SECRET])
    box = Mailbox(settings(dovecot.imap_port, secret=lambda: next(secrets)))
    with pytest.raises(Refused):
        box.connect()
    box.connect()
    assert box.all_uids() == []
    box.close()


@pytest.mark.parametrize(("secret", "word"), [("", "kosong"), ("a\r\nb LOGOUT", "ganti baris")])
def test_secret_that_cannot_be_one_never_reaches_the_server(secret: str, word: str) -> None:
    with ScriptedImap({}) as server:
        box = Mailbox(settings(server.port, secret=lambda: secret))
        with pytest.raises(Refused, match=word):
            box.connect()
        assert server.lines == []


def test_secret_file_that_is_missing_is_configuration() -> None:
    box = Mailbox(settings(1, secret=lambda: Path("/nonexistent/secret").read_text()))
    with pytest.raises(Refused, match="password_file"):
        box.connect()


def test_self_signed_certificate_needs_ca_file(dovecot: Dovecot, mailbox: Opened) -> None:
    for port, security in ((dovecot.imaps_port, "tls"), (dovecot.imap_port, "starttls")):
        with pytest.raises(Refused, match=r"sertifikat TLS server tidak dipercaya \(.*self.signed.*\); isi ca_file"):
            mailbox(dovecot, port=port, security=security)


def test_certificate_for_another_name_is_refused(dovecot: Dovecot, mailbox: Opened) -> None:
    with pytest.raises(Refused, match="betulkan host"):
        mailbox(dovecot, port=dovecot.imaps_port, security="tls", ca_file=dovecot.ca_file, host="127.1")


def test_ca_file_that_is_none_is_configuration(dovecot: Dovecot, mailbox: Opened, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("bukan sertifikat")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        with pytest.raises(Refused, match=r"ca_file .*pem"):
            mailbox(dovecot, security="starttls", ca_file=path)


def test_missing_folder_is_configuration(dovecot: Dovecot, mailbox: Opened) -> None:
    with pytest.raises(Refused, match="folder 'Tidak Ada' tidak bisa dibuka"):
        mailbox(dovecot, folder="Tidak Ada")


def test_nobody_there_is_passing() -> None:
    box = Mailbox(settings(free_ports(1)[0]))
    with pytest.raises(Unreachable, match="koneksi ditolak"):
        box.connect()
    with pytest.raises(Unreachable, match="nama host tidak ditemukan"):
        Mailbox(settings(143, host="tidak-ada.invalid")).connect()


def test_tls_to_a_port_that_speaks_plain_names_the_setting(dovecot: Dovecot, mailbox: Opened) -> None:
    with pytest.raises(Unreachable, match="port dan security"):
        mailbox(dovecot, security="tls", ca_file=dovecot.ca_file)


@pytest.mark.parametrize(
    ("answers", "changes", "fault", "text"),
    [
        ({}, {"security": "starttls"}, Refused, "tidak menawarkan STARTTLS"),
        ({"LOGIN": "{tag} NO [UNAVAILABLE] Temporary authentication failure."}, {}, Unreachable, "login terganggu"),
        ({"LOGIN": "{tag} NO [ALERT] Too many simultaneous connections."}, {}, Unreachable, "login terganggu"),
        ({"LOGIN": "* BYE shutting down|CUT"}, {}, Unreachable, "login terganggu"),
        ({"LOGIN": "CUT"}, {}, Unreachable, "login terganggu"),
        ({"LOGIN": "HANG"}, {"read_timeout": 0.3}, Unreachable, "tidak ada jawaban"),
        ({"greeting": "* BYE too busy"}, {}, Unreachable, "too busy"),
        ({"greeting": "220 mail ESMTP"}, {}, Unreachable, "220 mail"),
        ({"greeting": "HANG"}, {"connect_timeout": 0.3}, Unreachable, "tidak ada jawaban dalam 0.3 detik"),
        ({"SELECT": "{tag} NO [INUSE] locked"}, {}, Unreachable, "locked"),
        ({"SELECT": "* 1 EXISTS|{tag} OK [READ-ONLY] done"}, {}, Refused, "hanya bisa dibaca"),
        ({"SELECT": "* 1 EXISTS|{tag} OK [READ-WRITE] done"}, {}, Refused, "UIDVALIDITY"),
        ({"SELECT": "{tag} OK \xff\xfe"}, {}, Refused, "UIDVALIDITY"),
        ({"CAPABILITY": "* CAPABILITY POP3|{tag} OK done"}, {}, Unreachable, "not IMAP4 compliant"),
    ],
)  # fmt: skip
def test_what_a_server_may_say(answers: dict[str, str], changes: dict[str, Any], fault: type[Fault], text: str) -> None:
    with ScriptedImap(answers) as server:
        box = Mailbox(settings(server.port, secret=lambda: "rahasia", **changes))
        with pytest.raises(fault, match=text):
            box.connect()
        with pytest.raises(Unreachable, match="belum tersambung"):
            box.all_uids()


def test_password_beyond_ascii_needs_a_server_that_takes_it() -> None:
    with ScriptedImap({}) as server:
        box = Mailbox(settings(server.port))
        with pytest.raises(Refused, match="ASCII"):
            box.connect()


def test_xoauth2_sends_the_token_once_and_ends_the_error_challenge() -> None:
    answers = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2|{tag} OK done",
        "AUTHENTICATE": "+ ",
        "+1": "+ eyJzdGF0dXMiOiI0MDEifQ==",
        "+2": "{tag} NO SASL authentication failed",
    }
    with ScriptedImap(answers) as server:
        box = Mailbox(settings(server.port, auth="xoauth2", user="a@b.test", secret=lambda: "token"))
        with pytest.raises(Refused, match="SASL authentication failed"):
            box.connect()
        token = base64.b64encode(b"user=a@b.test\1auth=Bearer token\1\1").decode()
        assert server.lines[1:4] == [f"{server.lines[1].split()[0]} AUTHENTICATE XOAUTH2", token, ""]


def test_close_of_a_server_that_stands_still_is_quick(dovecot: Dovecot, mailbox: Opened) -> None:
    box = mailbox(dovecot)
    dovecot.pause()
    started = time.monotonic()
    box.close()
    box.close()
    assert time.monotonic() - started < 2
