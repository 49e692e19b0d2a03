"""CPU milliseconds a message by stage, on the realistic mix, beside the standard library's parser on the same mails.

python -m tests.bench.bench_stages [COUNT]
"""

from __future__ import annotations

import email
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

from router.app.inspection import policy_for
from router.app.settings import Settings
from router.desk.facts import Facts
from router.desk.plan import keys_of, plan, screen_message
from router.mail.parse import parse
from router.store.database import Store
from router.store.outbox import Result
from router.store.rows import Entry
from tests.bench.mails import realistic

BATCH = 50
NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Clock:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.spent[name] += time.process_time() - started


def main(count: int) -> None:
    policy, problems = policy_for(Settings.builtin(), ())
    if policy is None:
        sys.exit("\n".join(map(str, problems)))
    mails = list(realistic(count))
    clock = Clock()
    with tempfile.TemporaryDirectory() as directory:
        store = Store(f"sqlite:///{Path(directory) / 'bench.db'}")
        store.upgrade()
        number = 0
        for start in range(0, count, BATCH):
            read = []
            for mailbox, raw in mails[start : start + BATCH]:
                with clock.stage("standard library, policy default"):
                    body = email.message_from_bytes(raw, policy=default).get_body(("plain", "html"))  # type: ignore[attr-defined]
                    body.get_content()
                with clock.stage("parse"):
                    message = parse(raw)
                with clock.stage("screen"):
                    verdict = screen_message(message, policy)
                with clock.stage("correlate"):
                    asked = keys_of(message, verdict, policy)
                read.append((mailbox, raw, message, verdict, asked))
            with clock.stage("facts"):
                store.facts_of([one[4] for one in read], NOW)
            entries = []
            for mailbox, raw, message, verdict, _ in read:
                number += 1
                facts = Facts(f"HERO-2026-{number:06d}")
                with clock.stage("plan"):
                    decided = plan(message, verdict, mailbox, facts, policy, NOW)
                entries.append(Entry(number, raw, message, decided, len(raw)))
            with clock.stage("commit"):
                assert not store.commit("hero", 1, entries, NOW)
        with clock.stage("claim and settle, two at a time"):
            while claimed := store.claim("bench", BATCH, NOW, 600):
                for first in range(0, len(claimed), 2):
                    two = claimed[first : first + 2]
                    store.settle([Result(mail.id, "sent", 250, "ok", None, NOW) for mail in two])
        store.close()
    for name, seconds in clock.spent.items():
        print(f"{name:34s} {1000 * seconds / count:6.2f} ms a message")
    ours = sum(seconds for name, seconds in clock.spent.items() if not name.startswith("standard"))
    print(f"{'all of ours, without IMAP and SMTP':34s} {1000 * ours / count:6.2f} ms a message")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
