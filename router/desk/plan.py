"""The way of one message, in order, on one screen: screen → correlate → classify → answer → Plan.

Pure: the same message, facts, policy and moment give the same Plan, down to the bytes of the mails in it.
"""

from __future__ import annotations

from datetime import datetime

from router.desk import agent, customer, newcomer
from router.desk.actions import Action, Ignore, Note, Plan, Quarantine
from router.desk.case import Case
from router.desk.correlate import correlate, keys
from router.desk.facts import Facts, Keys
from router.desk.notice import to_unit
from router.desk.people import who_wrote
from router.desk.policy import Policy
from router.desk.write import written
from router.mail.message import Message
from router.mail.screen import screen
from router.mail.verdict import Verdict
from router.rulebook.screening import screen as screen_by_rules


def screen_message(message: Message, policy: Policy) -> Verdict:
    """What the message is: by the standards' signals first, then by the admin's screen.toml."""
    verdict = screen(message, policy.own)
    return (screen_by_rules(message, policy.book) or verdict) if verdict.name == "accept" else verdict


def keys_of(message: Message, verdict: Verdict, policy: Policy) -> Keys:
    """What must be looked up before the message can be planned."""
    return keys(message, verdict, policy.secret)


def plan(
    message: Message,
    verdict: Verdict,
    mailbox: str,
    facts: Facts,
    policy: Policy,
    now: datetime,
    oversize: int | None = None,
    original: bytes | None = None,
) -> Plan:
    """All that follows from one message that came to `mailbox`. `now` is aware UTC; `oversize` and `original` as in Case."""
    case = Case(message, verdict, policy.desk(mailbox), facts, policy, now, oversize, original)
    if facts.known:
        return _known_already(case)
    if verdict.name != "accept":
        return _screened(case)
    found = correlate(facts)
    if found is None:
        return newcomer.plan(case)
    author = who_wrote(message, found.ticket, policy)
    if author.role in ("agent", "supervisor"):
        return agent.plan(case, found, author)
    return customer.plan(case, found, author)


def _known_already(case: Case) -> Plan:
    known = case.facts.known
    assert known is not None
    reason = f"the same message came to {known.mailbox} before"
    return Plan(case.verdict, "duplicate", reason, known.ticket, (Ignore(reason),), duplicate_of=known.message)


def _screened(case: Case) -> Plan:
    """No ticket. What nobody can answer is set aside for a person to see; a bounce is told to the ticket and its unit."""
    verdict = case.verdict
    if verdict.name == "reject":
        return Plan(verdict, "quarantined", verdict.reason, None, (Quarantine("screen", verdict.reason),))
    if verdict.name == "bounce" and case.facts.bounced:
        return _bounced(case)
    return Plan(verdict, "screened", verdict.reason, None, (Ignore(f"{verdict.name}: {verdict.reason}"),))


def _bounced(case: Case) -> Plan:
    ticket = case.facts.bounced
    assert ticket is not None
    failed = case.verdict.failed_recipients
    actions: tuple[Action, ...] = (
        Note(
            ticket.number,
            "bounce",
            "mail system",
            (("failed_recipients", list(failed)), ("reason", case.verdict.reason)),
        ),
    )
    if ticket.customer.key in failed and ticket.unit in case.policy.book.units:
        told = {"reason": case.verdict.reason, "text": case.message.text[:2000]}
        notice = to_unit(case, ticket, "notice.unit.undeliverable", ticket.customer, failed, **told)
        actions += written(case, [notice])
    return Plan(case.verdict, "screened", case.verdict.reason, ticket.number, actions)
