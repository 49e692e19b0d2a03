"""What goes wrong while mail flows: nothing lost, no second ticket, no second answer but of unknown fate, others go on."""

from __future__ import annotations

import random
import time
from collections import Counter
from email import message_from_bytes

from tests.system.letters import letter
from tests.system.stand import MAILBOXES, Stand, address, parsed, text_of

HERO = address("hero")


def customer(number: int) -> str:
    return f"pelanggan{number}@luar.example"


def request(number: int, to: str = HERO) -> bytes:
    text = f"Yth. HERO,\n\nSistem e-SKA menampilkan halaman putih sejak pagi, nomor {number}.\n\nSalam"
    return letter(customer(number), to, f"e-SKA blank {number}", text, f"kill.{number}@luar.example").as_bytes()


def test_killed_again_and_again_nothing_is_lost_and_nothing_doubled(stand: Stand) -> None:
    rng = random.Random(20261124)
    count = 160
    for number in range(count):
        stand.dovecot.deliver(address(MAILBOXES[number % 4]), request(number, address(MAILBOXES[number % 4])))
    kills = 8
    for _ in range(kills):
        seen = len(stand.smtp.mails)
        stand.start()
        stand.until(
            lambda seen=seen: len(stand.smtp.mails) > seen + 5 or len(stand.smtp.mails) >= 2 * count, "no traffic"
        )  # type: ignore[misc]
        time.sleep(rng.uniform(0.0, 0.15))
        stand.kill()
    stand.start()
    stand.until(lambda: len({mail.message_id for mail in stand.smtp.mails}) >= 2 * count, "mail is missing")
    stand.until(lambda: not stand.json("outbox", "list"), "the outbox is not empty")
    assert stand.stop() == 0

    tickets = Counter(one["customer"]["address"] for one in stand.json("tickets", "list"))
    assert tickets == {customer(number): 1 for number in range(count)}
    copies = Counter(mail.message_id for mail in stand.smtp.mails)
    assert len(copies) == 2 * count
    # Of unknown fate is at most what each connection had on its way when the process died.
    assert sum(copies.values()) - len(copies) <= kills * 2
    acknowledged = Counter(to for mail in stand.smtp.mails for to in mail.recipients if to.endswith("@luar.example"))
    assert set(acknowledged) == set(tickets)
    (status,) = stand.json("status")
    assert [box["unaccounted"] for box in status["mailboxes"]] == [0, 0, 0, 0]


def test_dovecot_restarted_under_the_daemon(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, request(1))
    stand.mail(customer(1), "acknowledgement")
    stand.dovecot.restart()
    stand.dovecot.deliver(HERO, request(2))
    stand.mail(customer(2), "acknowledgement")
    assert len(stand.json("tickets", "list")) == 2


def test_idle_delivers_without_polling(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, request(0))
    stand.mail(customer(0), "acknowledgement")
    time.sleep(0.5)
    started = time.monotonic()
    stand.dovecot.deliver(HERO, request(1))
    stand.mail(customer(1), "acknowledgement")
    assert time.monotonic() - started < 20  # polling would take its 60 seconds


def test_a_refusing_smtp_server_is_waited_out(stand: Stand) -> None:
    stand.smtp.answer("RCPT", "550 5.1.1 no such user", who=customer(1))
    stand.smtp.answer("RCPT", "451 4.7.1 later", who=customer(2))
    stand.start()
    for number in (1, 2, 3):
        stand.dovecot.deliver(HERO, request(number))
    stand.mail(customer(3), "acknowledgement")
    stand.until(lambda: {one["state"] for one in stand.json("outbox", "list")} == {"dead", "failed"}, "states")
    dead, failed = sorted(stand.json("outbox", "list"), key=lambda one: str(one["state"]))
    assert dead["to"] == [customer(1)]
    assert "550" in dead["last_error"]
    assert failed["to"] == [customer(2)]
    history = stand.json("tickets", "history", dead["ticket"])
    assert "dead" in [event["kind"] for event in history]
    assert stand.hero("outbox", "retry", str(failed["id"])).returncode == 0
    stand.mail(customer(2), "acknowledgement")


def test_a_message_too_large_is_never_loaded(stand: Stand) -> None:
    message = letter(customer(7), HERO, "e-SKA error, berkas besar", "Terlampir.", "big@luar.example")
    message.add_attachment(bytes(3 * 1024 * 1024), maintype="application", subtype="zip", filename="besar.zip")
    stand.start()
    stand.dovecot.deliver(HERO, message.as_bytes(), request(8))
    stand.mail(customer(8), "acknowledgement")
    notice = stand.mail(customer(7), "notice")
    assert "2 MB" in text_of(notice)
    ticket = next(one for one in stand.json("tickets", "list") if one["customer"]["address"] == customer(7))
    assert "too_large" in [event["kind"] for event in stand.json("tickets", "history", ticket["number"])]


def test_a_message_that_cannot_be_attributed_is_set_aside_and_the_rest_goes_on(stand: Stand) -> None:
    nobody = b"Subject: tanpa pengirim\r\nMessage-ID: <none@x.example>\r\n\r\nHalo\r\n"
    stand.start()
    stand.dovecot.deliver(HERO, nobody, request(1))
    stand.mail(customer(1), "acknowledgement")
    (aside,) = stand.json("quarantine", "list")
    assert aside["stage"] == "screen"
    stand.until(lambda: len(stand.dovecot.messages(HERO, "HERO/Gagal")) == 1, "it was not moved to the failed folder")
    (kept,) = stand.dovecot.messages(HERO, "HERO/Gagal")
    assert message_from_bytes(kept)["Subject"] == "tanpa pengirim"


def test_the_same_message_in_two_mailboxes_is_one_ticket(stand: Stand) -> None:
    stand.start()
    both = request(5, f"{HERO}, {address('ska')}")
    stand.dovecot.deliver(HERO, both)
    stand.dovecot.deliver(address("ska"), both)
    stand.mail(customer(5), "acknowledgement")
    stand.until(lambda: sum(box["known_uids"] for box in stand.json("status")[0]["mailboxes"]) == 2, "the second copy")
    assert len(stand.json("tickets", "list")) == 1
    assert len([mail for mail in stand.smtp.mails if customer(5) in mail.recipients]) == 1


def test_a_changed_uidvalidity_doubles_nothing(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, request(1), request(2))
    stand.mail(customer(2), "acknowledgement")
    assert stand.stop() == 0
    stand.dovecot.bump_uidvalidity(HERO)
    stand.start()
    stand.dovecot.deliver(HERO, request(3))
    stand.mail(customer(3), "acknowledgement")
    assert len(stand.json("tickets", "list")) == 3
    acknowledged = [parsed(mail) for mail in stand.smtp.mails if mail.sender == ""]
    assert len(acknowledged) == 3
