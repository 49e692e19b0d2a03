"""`hero-router inspect`: how a message is read and judged, as JSON or for a person. Changes nothing, asks no network.

It is the same call of `plan` that the daemon commits; only the facts are none, for there need be no database.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

from router.app.assemble import policy_of, read_token_key
from router.app.rules import load
from router.app.settings import Settings
from router.desk.actions import Action, AddToTicket, ChangeTicket, Note, OpenTicket, Plan, Quarantine, Send, Steer
from router.desk.facts import Facts
from router.desk.plan import keys_of, plan, screen_message
from router.desk.policy import Policy
from router.mail.message import Address, Message
from router.mail.parse import parse
from router.mail.verdict import Verdict
from router.rulebook.decision import Decision
from router.rulebook.problem import Problem

Json = dict[str, Any]


def policy_for(settings: Settings, own_addresses: Sequence[str]) -> tuple[Policy | None, tuple[Problem, ...]]:
    """What to judge by, with the further addresses of ours; None and the faults when rules or templates have any."""
    book, templates, problems = load(settings)
    if book is None or templates is None:
        return None, problems
    try:
        key = read_token_key(settings.service.token_key)
    except (OSError, ValueError):
        key = token_bytes(32)  # no service has run here: no token of ours can be known
    policy = policy_of(settings, book, templates, key)
    own = policy.own | {address.strip().lower() for address in own_addresses}
    return dataclasses.replace(policy, own=own), problems


def inspections(files: Sequence[str], mailbox: str, policy: Policy) -> Iterator[Json]:
    """One object a file, in order; a file that can't be read gives ``{"file", "error"}``."""
    for name in files:
        try:
            raw = _read(name)
        except OSError as fault:
            yield {"file": name, "error": fault.strerror or str(fault)}
            continue
        yield {"file": name, **inspection(raw, mailbox, policy, datetime.now(UTC))}


def _read(name: str) -> bytes:
    """The bytes of a file, or of standard input for "-". OSError if it can't be read."""
    if name != "-":
        return Path(name).read_bytes()
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read()


def inspection(raw: bytes, mailbox: str, policy: Policy, now: datetime) -> Json:
    """The contract's object for one message, without `file`."""
    message = parse(raw)
    verdict = Verdict("reject", "it could not be judged")
    number: str | None = None
    try:
        verdict = screen_message(message, policy)
        asked = keys_of(message, verdict, policy)
        number = next(iter(asked.token_numbers), None) or asked.subject_number
        decided = _plan(message, verdict, mailbox, number, policy, now)
    except Exception as fault:  # as in the daemon: what breaks a stage is quarantined, never a failure of the program
        reason = f"{type(fault).__name__}: {fault}"
        decided = Plan(verdict, "quarantined", reason, None, (Quarantine("plan", reason),))
    return {
        "message": message_json(message),
        "screen": {
            "verdict": verdict.name,
            "reason": verdict.reason,
            "failed_recipients": list(verdict.failed_recipients),
        },
        "ticket": number,
        "decision": decision_json(decided.decision) if decided and decided.decision else None,
        "plan": [action_json(action) for action in decided.actions] if decided else [_would_add(number)],
    }


def _plan(
    message: Message, verdict: Verdict, mailbox: str, number: str | None, policy: Policy, now: datetime
) -> Plan | None:
    """The plan on no facts; None where the message belongs to a ticket that only the database knows."""
    if number and verdict.name == "accept":
        return None
    facts = Facts(next_number=f"HERO-{now.astimezone(policy.zone).year}-000001")
    return plan(message, verdict, mailbox, facts, policy, now)


def _would_add(number: str | None) -> Json:
    return {"kind": "add_to_ticket", "ticket": number, "note": "who may do what on it is known to the database only"}


def message_json(message: Message) -> Json:
    """`message` of the contract."""
    return {
        "message_id": message.message_id,
        "subject": message.subject,
        "from": address_json(message.from_) if message.from_ else None,
        "to": [address_json(address) for address in message.to],
        "cc": [address_json(address) for address in message.cc],
        "date": message.date.isoformat() if message.date else None,
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "text": message.text,
        "new_text": message.new_text,
        "attachments": [
            {
                "filename": item.filename,
                "content_type": item.content_type,
                "size": item.size,
                "sha256": item.sha256,
                "inline": item.inline,
            }
            for item in message.attachments
        ],
        "defects": list(message.defects),
    }


def address_json(address: Address) -> Json:
    """An address; one without an addr-spec has null there."""
    return {"name": address.name, "address": address.address or None}


def decision_json(decision: Decision) -> Json:
    """`decision` of the contract: every field that is not empty by nature."""
    return dataclasses.asdict(decision)


def action_json(action: Action) -> Json:
    """One step of the plan with its details, without bytes."""
    shown: Json = {"kind": action.kind}
    match action:
        case OpenTicket():
            shown |= {
                "ticket": action.number,
                "status": action.status,
                "unit": action.decision.unit,
                "language": action.language,
            }
        case Send():
            shown |= {
                "to": list(action.recipients),
                "subject": action.subject,
                "template": action.template,
                "language": action.language,
                "unit": action.unit,
                "held": action.held,
            }
        case AddToTicket():
            shown |= {"ticket": action.number, "role": action.role, "verified": action.verified}
        case ChangeTicket():
            shown |= {"ticket": action.number, "changes": dict(action.changes), "reason": action.reason}
        case Note():
            shown |= {"ticket": action.number, "event": action.event, "data": dict(action.data)}
        case Steer():
            shown |= {"ticket": action.number, "verb": action.verb}
        case Quarantine():
            shown |= {"stage": action.stage, "reason": action.reason}
        case _:
            shown |= {"reason": action.reason}
    return shown
