"""Latency on an idle system: from the end of the delivery, and from Dovecot's push, to the acknowledgement at the SMTP server.

    python -m tests.bench.bench_latency [COUNT]

A second connection idles on the same mailbox and notes when Dovecot pushes (it batches its pushes by half a second).
"""

from __future__ import annotations

import imaplib
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.servers.dovecot import Dovecot
from tests.system.letters import letter
from tests.system.stand import PASSWORD, Stand, address

HERO = address("hero")


def watch(dovecot: Dovecot, pushes: list[float]) -> None:
    """Notes the moment of each push, for ever."""
    client = imaplib.IMAP4(dovecot.host, dovecot.imap_port)
    client.login(HERO, PASSWORD)
    client.select("INBOX", readonly=True)
    client.send(b"x IDLE\r\n")
    client.readline()
    while line := client.readline():
        if b"EXISTS" in line:
            pushes.append(time.time())


def main(count: int) -> None:
    rng = random.Random(5)
    pushes: list[float] = []
    delivered: list[float] = []
    with tempfile.TemporaryDirectory() as directory, Stand(Path(directory)) as stand:
        stand.start()
        stand.dovecot.deliver(HERO, mail(0))
        stand.mail("pelanggan0@luar.example", "acknowledgement")
        threading.Thread(target=watch, args=(stand.dovecot, pushes), daemon=True).start()
        time.sleep(2)
        for number in range(1, count + 1):
            time.sleep(rng.uniform(0.6, 1.4))
            stand.dovecot.deliver(HERO, mail(number))
            delivered.append(time.time())
        stand.mail(f"pelanggan{count}@luar.example", "acknowledgement")
        arrived = {mail.recipients[0]: mail.at for mail in stand.smtp.mails}
        stand.stop()
    answers = [arrived[f"pelanggan{number}@luar.example"] for number in range(1, count + 1)]
    report("from delivery", [answer - start for answer, start in zip(answers, delivered, strict=True)])
    report("from the push", [answer - start for answer, start in zip(answers, pushes, strict=False)])


def mail(number: int) -> bytes:
    text = f"Yth. HERO,\n\nWifi di lantai {number} tidak bisa konek sejak pagi. Mohon bantuannya.\n\nSalam"
    return letter(
        f"pelanggan{number}@luar.example", HERO, f"wifi {number}", text, f"lat.{number}@luar.example"
    ).as_bytes()


def report(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))]
    middle = statistics.median(ordered)
    print(f"{name}: {len(ordered)} mails, median {middle:.3f} s, 99 % {high:.3f} s, worst {ordered[-1]:.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
