"""Entry → rows: what one message and its Plan write, worked out before the transaction begins. Pure.

Row ids, and what depends on the state of a ticket (events, changes), are added by `router.store.stage`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from router.desk.actions import Action, AddToTicket, Plan, Quarantine, Send
from router.mail.message import Address, Message
from router.rulebook.decision import Decision
from router.store.blob import blob_row

_encode = json.JSONEncoder(ensure_ascii=False).encode

RECORDED = frozenset({"ticket", "reply", "screened", "too_large"})
"""Outcomes whose message is kept as such. A duplicate points at the first one; what is quarantined is no message yet."""

KEY_LIMIT = 400  # characters; PostgreSQL refuses index entries of more than some 2,700 bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one UID: the bytes (None if too large to load), the message (None if it couldn't be parsed),
    the plan, and the size that the server gave, in bytes."""

    uid: int
    raw: bytes | None = field(repr=False)
    message: Message | None = field(repr=False)
    plan: Plan = field(repr=False)
    size: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows of a Plan, as far as they can be known beforehand: `sends` has the outgoing message row of each Send.
    `intake` is None for a Plan that no message caused."""

    actions: tuple[Action, ...]
    author: str  # who causes the events
    blobs: tuple[dict[str, Any], ...]
    sends: tuple[dict[str, Any], ...]
    message: dict[str, Any] | None = None
    decision: dict[str, Any] | None = None
    intake: dict[str, Any] | None = None
    quarantine: dict[str, Any] | None = None


def prepare(entry: Entry) -> Prepared:
    """The rows of an Entry. Raises whatever is wrong with its values (TypeError, ValueError, UnicodeError …)."""
    plan, m = entry.plan, entry.message
    set_aside = next((a for a in plan.actions if isinstance(a, Quarantine)), None)
    kept = entry.raw is not None and (plan.outcome in RECORDED or set_aside is not None)
    blob = blob_row(entry.raw) if kept and entry.raw is not None else None
    digest = blob["digest"] if blob else None
    message = _received(m, plan, digest) if m is not None and plan.outcome in RECORDED else None
    outgoing = prepare_actions(plan.actions)
    return Prepared(
        actions=plan.actions,
        author=m.from_.address if m is not None and m.from_ is not None else "",
        blobs=((blob,) if blob else ()) + outgoing.blobs,
        sends=outgoing.sends,
        message=message,
        decision=_decision_row(plan.decision) if message is not None and plan.decision is not None else None,
        intake={
            "uid": entry.uid,
            "outcome": plan.outcome,
            "reason": plan.reason,
            "message": plan.duplicate_of,
            "size": entry.size,
        },
        quarantine=_quarantine_row(entry, set_aside, digest) if set_aside else None,
    )


def prepare_actions(actions: tuple[Action, ...]) -> Prepared:
    """The rows of actions that no received message caused (a reminder, a notice to the operators)."""
    sends = [a for a in actions if isinstance(a, Send)]
    blobs = tuple(blob_row(s.content) for s in sends)
    return Prepared(actions, "router", blobs, tuple(_sent(s, b["digest"]) for s, b in zip(sends, blobs, strict=True)))


def key(text: str) -> str:
    """A msg-id or address as it is indexed: itself, or its digest if a stranger made it longer than an index takes."""
    return text if len(text) <= KEY_LIMIT else f"sha256:{sha256(text.encode()).hexdigest()}"


def author_key(address: Address | str | None) -> str:
    """How an author is compared: the addr-spec in lower case, "" if there is none."""
    if address is None:
        return ""
    return key(address.key if isinstance(address, Address) else address.lower())


def addresses(of: Iterable[Address]) -> str:
    """Addresses as JSON: ``[{"name", "address"}, …]``."""
    return _encode([{"name": a.name, "address": a.address} for a in of])


def _received(m: Message, plan: Plan, blob: str | None) -> dict[str, Any]:
    author = m.from_
    return {
        "direction": "in",
        "kind": plan.verdict.name,
        "audience": _audience(plan),
        "ticket": plan.ticket,
        "digest": m.digest,
        "message_id": None if m.message_id is None else key(m.message_id),
        "author": author_key(author),
        "sender_name": author.name if author else None,
        "sender_address": author.address if author else None,
        "recipients": addresses(m.recipients),
        "subject": m.subject,
        "date": m.date if m.date is None or m.date.tzinfo else None,
        "text": m.text,
        "new_text": None if m.new_text == m.text else m.new_text,
        "attachments": _attachments(m),
        "blob": blob,
    }


def _audience(plan: Plan) -> str:
    """Whose side the author is on: decides which references later mails to either side carry."""
    if plan.outcome not in {"ticket", "reply", "too_large"}:
        return "other"
    added = next((a for a in plan.actions if isinstance(a, AddToTicket)), None)
    if added is None:
        return "customer"
    if not added.verified or added.role not in {"customer", "agent", "supervisor"}:
        return "other"
    return "customer" if added.role == "customer" else "unit"


def _attachments(m: Message) -> str:
    return _encode(
        [
            {
                "filename": a.filename,
                "content_type": a.content_type,
                "size": a.size,
                "sha256": a.sha256,
                "inline": a.inline,
            }
            for a in m.attachments
        ]
    )


def _sent(s: Send, blob: str) -> dict[str, Any]:
    return {
        "direction": "out",
        "kind": s.mail_kind,
        "audience": s.audience,
        "ticket": s.ticket,
        "digest": None,
        "message_id": key(s.message_id),
        "author": None,
        "sender_name": None,
        "sender_address": None,
        "recipients": _encode([{"name": "", "address": r} for r in s.recipients]),
        "subject": s.subject,
        "date": None,
        "text": s.text,
        "new_text": None,
        "attachments": "[]",
        "blob": blob,
    }


def _quarantine_row(entry: Entry, action: Quarantine, blob: str | None) -> dict[str, Any]:
    m = entry.message
    return {
        "uid": entry.uid,
        "stage": action.stage,
        "reason": action.reason,
        "message_id": key(m.message_id) if m is not None and m.message_id else None,
        "size": entry.size,
        "blob": blob,
        "resolved_at": None,
        "resolution": None,
    }


def _decision_row(d: Decision) -> dict[str, Any]:
    return {
        "service": d.service,
        "rules_version": d.rules_version,
        "data": _encode(decision_json(d)),
    }


def decision_json(d: Decision) -> dict[str, Any]:
    """A decision with the keys that `inspect` prints, what routing rules asked for, and those rules that matched."""
    return {
        "service": d.service,
        "type": d.type,
        "stated_type": d.stated_type,
        "audience": d.audience,
        "eligible": d.eligible,
        "letter": d.letter,
        "priority": d.priority,
        "unit": d.unit,
        "confidence": d.confidence,
        "score": d.score,
        "alternatives": [{"service": c.service, "score": c.score} for c in d.alternatives],
        "reasons": [
            {"rule": r.rule, "file": r.file, "line": r.line, "words": r.words, "where": r.where, "weight": r.weight}
            for r in d.reasons
        ],
        "rules_version": d.rules_version,
        "language": d.language,
        "copy_to": d.copy_to,
        "tags": d.tags,
        "acknowledge": d.acknowledge,
        "template": d.template,
        "reject": d.reject,
        "notes": d.notes,
        "trace": [{"rule": t.rule, "file": t.file, "line": t.line, "because": t.because} for t in d.trace if t.matched],
    }
