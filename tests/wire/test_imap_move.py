"""Moving and appending: folders that are missing, named in other alphabets, below a prefix, or that refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from router.wire.faults import Refused
from router.wire.imap import Mailbox
from tests.servers.dovecot import Dovecot
from tests.wire.conftest import SECRET, USER

Opened = Callable[..., Mailbox]
MAIL = b"Subject: satu\r\n\r\nisi\r\n"


@pytest.mark.parametrize(
    ("folder", "wire_name"), [("HERO/Gagal", "HERO/Gagal"), ("Selesai é & 完", "Selesai &AOk- &- &W4w-")]
)
def test_move_makes_the_folder(dovecot: Dovecot, mailbox: Opened, folder: str, wire_name: str) -> None:
    for _ in range(3):
        dovecot.append(USER, MAIL)
    box = mailbox(dovecot)
    box.move([1, 3, 99], folder)
    box.move([], folder)
    assert box.all_uids() == [2]
    assert dovecot.messages(USER, wire_name) == [MAIL, MAIL]
    with dovecot.login(USER) as client:
        assert wire_name in str(client.lsub()[1])
    box.move([2], folder)
    assert len(dovecot.messages(USER, wire_name)) == 3


def test_move_below_a_prefix_with_another_separator(mailbox: Opened) -> None:
    with Dovecot({USER: SECRET}, separator=".", prefix="INBOX.") as server:
        server.append(USER, MAIL)
        box = mailbox(server)
        box.move([1], "HERO/Gagal")
        assert server.messages(USER, "INBOX.HERO.Gagal") == [MAIL]
        box.append("INBOX.HERO.Gagal", MAIL)
        assert len(server.messages(USER, "INBOX.HERO.Gagal")) == 2


@pytest.mark.parametrize(
    ("capability", "left"), [("IMAP4rev1 UIDPLUS NAMESPACE", [2]), ("IMAP4rev1 NAMESPACE", [1, 2])]
)
def test_without_move_it_copies_and_expunges_only_its_own(mailbox: Opened, capability: str, left: list[int]) -> None:
    with Dovecot({USER: SECRET}, extra=f"imap_capability = {capability}\n") as server:
        server.append(USER, MAIL)
        server.append(USER, MAIL)
        with server.login(USER) as other:
            other.select()
            other.uid("STORE", "2", "+FLAGS", r"(\Deleted)")  # somebody else's, who may still change his mind
            other.unselect()
        box = mailbox(server)
        assert not box.can_move
        box.move([1], "Selesai")
        assert box.all_uids() == left
        assert server.messages(USER, "Selesai") == [MAIL]
        assert sum(r"\Deleted" in flags for flags in server.flags(USER)) == len(left)


def test_folder_that_takes_nothing_is_refused_and_the_connection_lives(mailbox: Opened) -> None:
    quota = "mail_plugins = quota\nplugin {\n  quota = maildir:User\n  quota_rule = *:messages=2\n}\n"
    with Dovecot({USER: SECRET}, extra=quota) as server:
        server.append(USER, MAIL)
        server.append(USER, MAIL)
        box = mailbox(server)
        with pytest.raises(Refused, match=r"menolak pesan \(.*[Qq]uota exceeded.*\); periksa kuota"):
            box.append("INBOX", MAIL)
        assert box.all_uids() == [1, 2]


def test_append_keeps_the_bytes(dovecot: Dovecot, mailbox: Opened) -> None:
    mailbox(dovecot).append("Arsip/2026", MAIL)
    assert dovecot.messages(USER, "Arsip/2026") == [MAIL]
