"""Reading: UIDs, sizes, bytes; what vanishes, what the server withholds, and what we never touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from router.wire.faults import Refused, Unreachable, Withheld
from router.wire.imap import Mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ScriptedImap
from tests.wire.conftest import USER

Opened = Callable[..., Mailbox]


def mail(number: int) -> bytes:
    return b"From: ani@luar.test\r\nSubject: pesan %d\r\n\r\nisi %d\r\n" % (number, number)


def test_uids_after_gives_nothing_beyond_the_end(dovecot: Dovecot, mailbox: Opened) -> None:
    box = mailbox(dovecot)
    assert box.all_uids() == []
    dovecot.deliver(USER, mail(1), mail(2), mail(3))
    assert box.uids_after(0) == box.all_uids() == [1, 2, 3]
    assert box.uids_after(1) == [2, 3]
    assert box.uids_after(3) == box.uids_after(99) == []  # the server answers 3 to both
    assert box.uidnext == 4


def test_bytes_come_as_they_lie_there_in_the_order_asked_for(dovecot: Dovecot, mailbox: Opened) -> None:
    odd = b"Subject: \xff\xfe {5}\r\nX: )\r\n\r\n.\r\n* 9 EXISTS\r\nA1 OK\r\ntanpa akhir"
    dovecot.append(USER, mail(1))
    dovecot.append(USER, odd)
    assert mailbox(dovecot).fetch([2, 1]) == [(2, odd), (1, mail(1))]


def test_fetching_leaves_seen_alone(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.deliver(USER, mail(1))
    box = mailbox(dovecot)
    box.fetch([1])
    box.fetch_header(1, 100)
    box.sizes([1])
    assert "Seen" not in "".join(dovecot.flags(USER))


def test_vanished_uids_are_absent(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.append(USER, mail(1))
    dovecot.append(USER, mail(2))
    box = mailbox(dovecot)
    dovecot.expunge(USER, 1)  # behind the session's back
    assert dict(box.fetch([1, 2, 77])).get(2) == mail(2)
    assert box.all_uids() == [2]
    assert box.fetch([1, 2, 77]) == [(2, mail(2))]
    assert box.sizes([1, 2, 77]) == {2: len(mail(2))}
    assert box.fetch_header(1, 100) is None
    assert box.fetch([]) == []


def test_header_is_bounded(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.append(USER, b"Subject: panjang\r\nX-Filler: " + b"x" * 5000 + b"\r\n\r\n" + b"isi" * 100_000)
    box = mailbox(dovecot)
    assert box.fetch_header(1, 20) == b"Subject: panjang\r\nX-"
    header = box.fetch_header(1, 1_000_000)
    assert header is not None
    assert header.endswith(b"x\r\n\r\n")
    assert b"isi" not in header


def test_more_uids_than_one_command_holds(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.fill(USER, (mail(number) for number in range(1200)))
    box = mailbox(dovecot)
    uids = box.all_uids()
    assert len(uids) == 1200
    assert sorted(box.sizes(uids)) == uids == [uid for uid, _ in box.fetch(uids)]


def test_large_message_arrives_whole(dovecot: Dovecot, mailbox: Opened) -> None:
    large = b"Subject: besar\r\n\r\n" + b"0123456789abcde\r\n" * 500_000
    dovecot.append(USER, large)
    assert mailbox(dovecot).fetch([1]) == [(1, large)]


def test_new_uidvalidity_shows_on_the_next_connection(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.deliver(USER, mail(1), mail(2))
    dovecot.expunge(USER, 1)
    box = mailbox(dovecot)
    before = box.uidvalidity
    assert box.all_uids() == [2]
    dovecot.bump_uidvalidity(USER)
    with pytest.raises(Unreachable):
        box.all_uids()
    box.connect()
    assert box.uidvalidity > before
    assert box.all_uids() == [1]


def test_read_only_changes_nothing(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.deliver(USER, mail(1))
    box = mailbox(dovecot, read_only=True)
    assert len(box.fetch(box.all_uids())) == 1
    with pytest.raises(Refused, match="hanya untuk dibaca"):
        box.move([1], "Selesai")
    assert dovecot.flags(USER) == [r"1 (FLAGS (\Recent))"]
    assert box.all_uids() == [1]


def test_black_hole_ends_with_the_read_timeout(dovecot: Dovecot, mailbox: Opened) -> None:
    box = mailbox(dovecot, read_timeout=0.5)
    dovecot.pause()
    with pytest.raises(Unreachable, match=r"UID SEARCH: tidak ada jawaban dalam 0\.5 detik"):
        box.all_uids()
    with pytest.raises(Unreachable, match="belum tersambung"):
        box.fetch([1])
    dovecot.resume()
    box.connect()
    assert box.all_uids() == []


def test_killed_server_is_passing_and_comes_back(dovecot: Dovecot, mailbox: Opened) -> None:
    dovecot.deliver(USER, mail(1))
    box = mailbox(dovecot)
    dovecot.kill()
    with pytest.raises(Unreachable, match="akan dicoba lagi"):
        box.all_uids()
    dovecot.start()
    box.connect()
    assert box.all_uids() == [1]


def test_unreadable_message_does_not_hold_up_the_others() -> None:
    """What servers do with a file that they can't read differs; this is a NO for the command that names it."""
    answers = {"UID FETCH": "{tag} NO [SERVERBUG] Internal error", "UID SEARCH": "* SEARCH 3|{tag} OK done"}
    with ScriptedImap(answers) as server:
        box = Mailbox(_settings(server))
        box.connect()
        with pytest.raises(Withheld, match=r"UID 3 tidak diberikan server \(.*Internal error.*\)") as caught:
            box.fetch([2, 3])
        assert caught.value.uids == (3,)
        assert box.uids_after(2) == [3]  # the connection lives on
        box.close()


def test_answer_that_makes_no_sense_is_passing() -> None:
    for nonsense in ("* 1 FETCH (UID 1 BODY[] {4}|abc", "* 1 FETCH ((((", "* 1 FETCH (UID)|{tag} OK x", "+ what"):
        with ScriptedImap({"UID FETCH": f"{nonsense}|CUT"}) as server:
            box = Mailbox(_settings(server))
            box.connect()
            with pytest.raises(Unreachable):
                box.fetch([1])


def test_deep_nesting_in_an_answer_is_passing() -> None:
    with ScriptedImap({"UID FETCH": "* 1 FETCH " + "(" * 5000 + "|{tag} OK x"}) as server:
        box = Mailbox(_settings(server))
        box.connect()
        with pytest.raises(Unreachable, match="tidak terbaca"):
            box.sizes([1])


def test_search_answer_longer_than_a_million_bytes() -> None:
    uids = range(10_000_000, 10_150_000)
    with ScriptedImap({"UID SEARCH": f"* SEARCH {' '.join(map(str, uids))}|{{tag}} OK done"}) as server:
        box = Mailbox(_settings(server))
        box.connect()
        assert len(box.all_uids()) == 150_000
        box.close()


def _settings(server: ScriptedImap):  # type: ignore[no-untyped-def]
    from tests.wire.conftest import settings

    return settings(server.port, secret=lambda: "rahasia")
