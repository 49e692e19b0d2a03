"""Notices to the operators (``unit.admins``): mail that is dead, messages that we could not handle, templates that failed,
rules that were refused (design.md, 2.3 and 2.5; conversation.md, section 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from router.desk.actions import Note, Plan, Quarantine, Send
from router.desk.contexts import House, OperatorNotice
from router.desk.policy import Policy
from router.desk.write import TEMPLATE_FAILED, Mailing, finished
from router.mail.message import Address
from router.rulebook.decision import Languages

TroubleKind = Literal["dead", "quarantine", "rules", "template"]
UNIT = "admins"
NOTICES_PER_HOUR = 10  # of each kind; the one after them says that it is the last

_LAST = {
    "id": f"Lebih dari {NOTICES_PER_HOUR} pemberitahuan seperti ini dalam satu jam. Selanjutnya hanya terlihat pada: "
    "hero-router status",
    "en": f"More than {NOTICES_PER_HOUR} notices like this within an hour. What follows is only shown by: hero-router status",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that the operators must hear of. `kind` is also the end of the template's name.

    `reason` in one sentence; `id` what commands take; `stage` where it failed; `number` and `recipient` of the mail that is
    concerned; `mailbox` of ours whose address writes ("" = the first); `lines` faults one by one.
    """

    kind: TroubleKind
    reason: str
    id: str = ""
    stage: str = ""
    number: str | None = None
    recipient: str = ""
    mailbox: str = ""
    lines: tuple[str, ...] = ()


def notice(
    trouble: Trouble, policy: Policy, language: Languages, now: datetime, *, last: bool = False
) -> tuple[Send, ...]:
    """The mail to ``unit.admins``; () when there is nobody to write to. `now` is aware; with `last` it says that more of
    the kind are only in `status`."""
    unit = policy.book.units[UNIT]
    desk = policy.desk(trouble.mailbox)
    context = OperatorNotice(
        house=House.of(desk.address, policy.organisation),
        number=trouble.number,
        reason=trouble.reason,
        id=trouble.id,
        stage=trouble.stage,
        recipient=trouble.recipient,
        moment=now.astimezone(policy.zone),
        lines=trouble.lines + ((_LAST["en" if language == "en" else "id"],) if last else ()),
    )
    mailing = Mailing(
        kind="notice",
        template=f"notice.operator.{trouble.kind}",
        context=context,
        to=(Address(unit.name, unit.address),),
        audience="operator",
        language=language,
        automatic=True,
        unit=UNIT,
    )
    cause = f"{trouble.kind}|{trouble.id}|{trouble.reason}|{now.isoformat()}"
    return tuple(action for action in finished(mailing, desk, policy, cause, now) if isinstance(action, Send))


def concerns_operators(address: str, policy: Policy) -> bool:
    """Is this addr-spec the operators' own? A notice about their mail would be the beginning of a loop."""
    return address.lower() == policy.book.units[UNIT].address.lower()


def troubles(plan: Plan, mailbox: str) -> Iterator[Trouble]:
    """What of a committed plan the operators must hear: that we could not handle the message, that a template failed.
    What screening chose to set aside waits for any person, it is no trouble."""
    for action in plan.actions:
        if isinstance(action, Quarantine) and action.reason != plan.verdict.reason:
            yield Trouble("quarantine", action.reason[:500], stage=action.stage, mailbox=mailbox)
        elif isinstance(action, Note) and action.event == TEMPLATE_FAILED:
            yield Trouble("template", str(dict(action.data)["problem"]), number=action.number, mailbox=mailbox)
