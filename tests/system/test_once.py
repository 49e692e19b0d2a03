"""`run --once` and the corpus: every message ends as `inspect` says that it will."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from router.app.inspection import inspection, policy_for
from router.app.settings import Settings
from tests.system.corpus import read
from tests.system.stand import ROOT, Stand, address, parsed

WANTED = 80


def test_a_mixed_backlog_ends_as_inspect_says(stand: Stand) -> None:
    files = sorted((ROOT / "tests" / "corpus").glob("*.jsonl"))
    mails = list(read(*files))
    chosen = mails[:: max(1, len(mails) // WANTED)][:WANTED]
    assert len(chosen) >= 60
    policy, problems = policy_for(Settings.builtin(), ())
    assert policy, problems
    expected: Counter[tuple[str | None, ...]] = Counter()
    right = 0
    for mail in chosen:
        stand.dovecot.deliver(address(mail.mailbox), mail.raw)
        told = inspection(mail.raw, mail.mailbox, policy, datetime.now(UTC))
        if told["decision"]:
            decision = told["decision"]
            expected[mail.mailbox, decision["service"], decision["type"], decision["unit"]] += 1
            right += decision["service"] in mail.services
    assert stand.hero("run", "--once").returncode == 0

    tickets = stand.json("tickets", "list")
    assert Counter((one["mailbox"], one["service"], one["type"], one["unit"]) for one in tickets) == expected
    assert right >= 0.9 * len(tickets)
    # A copy for another unit is the same mail to a further recipient.
    sent = list({str(one["Message-ID"]): one for one in map(parsed, stand.smtp.mails)}.values())
    forwards = Counter(one["X-Hero-Ticket"] for one in sent if one["X-Hero-Kind"] == "forward")
    assert forwards == {one["number"]: 1 for one in tickets}
    acknowledged = Counter(one["X-Hero-Ticket"] for one in sent if one["X-Hero-Kind"] == "acknowledgement")
    assert set(acknowledged) <= set(forwards)
    assert set(acknowledged.values()) == {1}
    assert len(acknowledged) >= 0.9 * len(tickets)
    assert stand.json("outbox", "list") == []
