"""`rules explain`: why a message goes where it goes, as a value. `explain_text` and `explain_html` show it.

The decision and the mails come from the same calls as the daemon's.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from router.app.marks import Piece, counted, pieces
from router.desk.actions import Plan, Send
from router.desk.facts import Facts
from router.desk.people import audience_of, is_believed
from router.desk.plan import plan, screen_message
from router.desk.policy import Policy
from router.mail.message import Address, Message
from router.mail.parse import parse
from router.mail.verdict import Verdict
from router.rulebook.classify import Verdicts
from router.rulebook.decide import decide, reason, weigh
from router.rulebook.decision import Circumstances, Decision, Reason

SHOWN = 8  # candidates


@dataclass(frozen=True, slots=True)
class Standing:
    """A service (or what is not ours: `ours` False): points, probability (None below the least shown), what gave them."""

    key: str
    name: str
    ours: bool
    points: float
    probability: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one message. `mails` are those that would go out; none where it would be no ticket."""

    file: str
    message: Message
    mailbox: str
    verdict: Verdict
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]
    standings: tuple[Standing, ...]
    type_reasons: tuple[Reason, ...]
    decision: Decision
    mails: tuple[Send, ...]
    names: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """The same as one object; texts of mails whole, without their bytes."""
        keys = ("kind", "subject", "recipients", "template", "language", "held", "text")
        author = self.message.from_
        return {
            "file": self.file,
            "mailbox": self.mailbox,
            "from": author.address if author else None,
            "screen": {"verdict": self.verdict.name, "reason": self.verdict.reason},
            "subject": [asdict(piece) for piece in self.subject],
            "body": [asdict(piece) for piece in self.body],
            "services": [asdict(standing) for standing in self.standings],
            "type_reasons": [asdict(one) for one in self.type_reasons],
            "rules": [asdict(step) for step in self.decision.trace],
            "decision": asdict(self.decision),
            "mails": [{key: getattr(mail, key) for key in keys} for mail in self.mails],
        }


def explain(file: str, raw: bytes, mailbox: str, policy: Policy, now: datetime) -> Explanation:
    """Why this message, if it came to that mailbox now, would go where it would. No database: as if it were a new one."""
    message, book = parse(raw), policy.book
    verdict = screen_message(message, policy)
    audience = audience_of(message.from_ or Address("", ""), policy.internal_domains)
    circumstances = Circumstances(mailbox, audience, is_believed(message, policy)[0], now)
    decision = decide(message, circumstances, book)
    reading = book.look(message)
    verdicts = weigh(reading, circumstances, book)
    hits = counted(verdicts, decision.service, decision.type)
    subject = [s for s in reading.sentences if s.place == "subject"]
    body = [s for s in reading.sentences if s.place not in ("subject", "attachment")]
    numbers = {s.number for s in subject}
    facts = Facts(next_number=f"HERO-{now.astimezone(policy.zone).year}-000001")
    return Explanation(
        file=file,
        message=message,
        mailbox=mailbox,
        verdict=verdict,
        subject=pieces(message.subject or "", subject, [h for h in hits if h[0].sentence.number in numbers]),
        body=pieces(message.text, body, [h for h in hits if h[0].sentence.place not in ("subject", "attachment")]),
        standings=_standings(verdicts, decision, {code: s.name for code, s in book.services.items()}),
        type_reasons=tuple(
            reason(f)
            for f in verdicts.fired
            if f.signal.owner.type and f.signal.owner.key in ("types", decision.service)
        ),
        decision=decision,
        mails=_mails(plan(message, verdict, mailbox, facts, policy, now)),
        names={code: s.name for code, s in book.services.items()} | {key: u.name for key, u in book.units.items()},
    )


def _standings(verdicts: Verdicts, decision: Decision, names: dict[str, str]) -> tuple[Standing, ...]:
    """Services and elsewheres by points, with what gave them."""
    odds = {c.service: c.score for c in verdicts.alternatives}
    odds[verdicts.service or verdicts.elsewhere or ""] = verdicts.score
    ranked = sorted(verdicts.points, key=lambda key: (-verdicts.points[key], key))
    found = []
    for key in ranked[:SHOWN]:
        own = [
            f for f in verdicts.fired if f.signal.owner.key == key and f.signal.owner.kind in ("service", "elsewhere")
        ]
        own.sort(key=lambda f: -abs(f.weight))
        ours = key in names
        name = names.get(key, "bukan layanan kita")
        reasons = tuple(reason(f) for f in own)
        found.append(Standing(key, name, ours, round(verdicts.points[key], 2), odds.get(key), reasons))
    return tuple(found)


def _mails(planned: Plan) -> tuple[Send, ...]:
    return tuple(action for action in planned.actions if isinstance(action, Send))
