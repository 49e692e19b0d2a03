"""The gate: what every outgoing mail passes, of whatever kind (design.md, 2.7 and 2.11).

Own addresses are never recipients; nothing automatic answers anything automatic; beyond the hourly budget mail is held
for a person to see, not dropped. Each guard names itself in the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from router.desk.facts import Facts
from router.desk.policy import Policy
from router.mail.field import sendable
from router.mail.message import Address, Message

# Local parts that belong to machines: RFC 2142 role addresses that bounce mail comes from, and "do not reply" in use.
_MACHINES = ("mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply",
             "bounce", "bounces", "auto-reply", "autoreply", "jangan-balas", "tidak-dibalas")  # fmt: skip

Guard = Callable[[Message, Address, Policy], str | None]


def recipients(addresses: Iterable[Address], policy: Policy, without: Iterable[str] = ()) -> tuple[str, ...]:
    """The addr-specs that a mail may go to: none of ours, none of `without` (lower case), each once, in order."""
    excluded = policy.own | {address.lower() for address in without}
    usable = (address for address in addresses if address.key not in excluded and sendable(address.address))
    chosen = {address.key: address.address for address in usable}
    return tuple(chosen.values())


def answerable(addresses: Iterable[Address]) -> tuple[Address, ...]:
    """Those addresses that an automatic mail may be made for, as far as the address tells: no machine's."""
    return tuple(one for one in addresses if _machine_address(one) is None)


def why_not_answer(message: Message, address: Address, policy: Policy) -> str | None:
    """Why an automatic answer to `address` must not be made, or None: it may."""
    return next((reason for guard in GUARDS if (reason := guard(message, address, policy))), None)


def held_by_budget(facts: Facts, policy: Policy) -> str | None:
    """Why an automatic mail is held: the hourly budget for its address is used up."""
    if facts.answers_last_hour < policy.answers_per_hour:
        return None
    return f"{facts.answers_last_hour} automatic mails to this address within an hour; the limit is {policy.answers_per_hour}"


def _own(_: Message, address: Address, policy: Policy) -> str | None:
    return "the address is one of our own" if address.key in policy.own else None


def _unusable(_: Message, address: Address, __: Policy) -> str | None:
    return None if sendable(address.address) else "the sender has no address that mail can be sent to"


def _machine(_: Message, address: Address, __: Policy) -> str | None:
    return _machine_address(address)


def _machine_address(address: Address) -> str | None:
    local = address.key.rpartition("@")[0].partition("+")[0]
    return f"{local}@ is a machine's address" if local in _MACHINES else None


def _null_sender(message: Message, _: Address, __: Policy) -> str | None:
    path = message.value("Return-Path")
    return "Return-Path: the envelope sender is empty" if path is not None and path.strip() in ("", "<>") else None


def _suppressed(message: Message, _: Address, __: Policy) -> str | None:
    asked = (message.value("X-Auto-Response-Suppress") or "").lower()
    wants = any(word.strip() in ("all", "autoreply") for word in asked.split(","))
    return "X-Auto-Response-Suppress: the sender asks for no automatic answer" if wants else None


def _precedence(message: Message, _: Address, __: Policy) -> str | None:
    value = (message.value("Precedence") or "").strip().lower()
    return f"Precedence: {value}" if value in ("bulk", "junk", "list") else None


GUARDS: tuple[Guard, ...] = (_unusable, _own, _machine, _null_sender, _suppressed, _precedence)
