"""Delivery reports in free text: Exchange, qmail, Exim, Postfix, sendmail, Notes, Google, Yahoo, GroupWise, and others.

A report is known by a machine as its sender and by words that only a machine begins with. Who failed is read from
the part above the returned message.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Final

from flufl.bounce import all_failures

from router.mail import dsn_words as words
from router.mail.message import Message

OPENING: Final = 1_500  # characters of the body in which a report says that it is one
REGION: Final = 20_000  # characters of the body in which recipients are looked for

_MARKS: Final = {
    "x-failed-recipients": "X-Failed-Recipients names recipients",
    "x-ms-exchange-message-is-ndr": "X-MS-Exchange-Message-Is-Ndr marks a delivery report",
}


def daemon(message: Message) -> bool:
    """Whether a mail system may be the author: by address, by display name, or by the envelope sender."""
    author = message.from_
    if author is not None and (
        words.DAEMON_LOCAL.fullmatch(author.address.rpartition("@")[0].strip('"').replace(" ", "-"))
        or words.DAEMON_NAME.fullmatch(author.name.strip())
    ):
        return True
    path = (message.value("Return-Path") or "").strip().lower()
    return _machine(message) or path == "<>" or "mailer-daemon" in path


def _machine(message: Message) -> bool:
    """Whether the author's address is one at which no person writes, unlike postmaster's."""
    author = message.from_.key if message.from_ is not None and message.from_.address else message.value("From") or ""
    return bool(words.MACHINE.search(author.lower()))


def null_sender(message: Message) -> bool:
    """Whether the envelope sender was empty (RFC 5321, 4.5.5), as the last host recorded it."""
    return (message.value("Return-Path") or "").strip() == "<>"


def recognised(message: Message) -> str | None:
    """Why a message is a delivery report of a mail system's own form; None if it is none."""
    for name, value in message.fields:
        if name[:2] in ("X-", "x-") and (reason := _MARKS.get(name.lower())) and (value or "Ndr" in reason):
            return reason
    subject, body = (message.subject or "").lstrip("* #"), message.text[:OPENING]
    begins = words.CERTAIN.match(body.lstrip("* \n#-"))
    if not daemon(message):
        if words.SUBJECT.match(subject) and begins:
            return "Subject and the body's opening are those of a mail system's report"
        return None
    if words.SUBJECT.match(subject):
        return "From or Return-Path, and Subject are those of a mail system's report"
    known = words.KNOWN.search(body) or (_machine(message) and words.OPENING.search(body))
    if begins or known:
        return "From or Return-Path is a mail system's, and the body opens as its report"
    return None


def is_delay(message: Message) -> bool:
    """Whether a report says that delivery is only delayed, or that it was done."""
    said = f"{message.subject or ''}\n{_human(message.text)}"
    if words.DELIVERED.search(said) and not words.GIVEN_UP.search(said):
        return True
    return bool(words.TRYING.search(said) or (words.DELAY.search(said) and not words.GIVEN_UP.search(said)))


def failed(message: Message) -> set[str]:
    """The addr-specs in lower case that a report names in its own words as failed for good."""
    if is_delay(message):
        return set()
    found: set[str] = set()
    for line in _human(message.text).split("\n"):
        line = line[:500]
        if "@" not in line or words.NOT_WHO.match(line.strip(" *->")):
            continue
        match = next((match for pattern in words.WHO_LINE if (match := pattern.match(line))), None)
        match = match or next((match for pattern in words.WHO_WORDS if (match := pattern.search(line))), None)
        if match:
            found.add(match.group(1).lower().strip(".'"))
    found = as_written(message, {address for address in found if not words.NEVER.match(address)})
    return found or _second_opinion(message) or _anyone(message)


def as_written(message: Message, addresses: set[str]) -> set[str]:
    """Addresses that a system found by its aliases, turned back into those that we had written to."""
    written = {
        match.group(1).lower(): match.group(2).lower() for match in words.REWRITTEN.finditer(_human(message.text))
    }
    return {written.get(address, address) for address in addresses}


def _anyone(message: Message) -> set[str]:
    """Whoever is named above the returned message and isn't named as a sender or a contact."""
    found: set[str] = set()
    for line in _human(message.text).split("\n"):
        if "@" in line and not words.NOT_WHO.match(line[:500].strip(" *->")):
            found |= {address.lower().rstrip(".") for address in words.BARE.findall(line[:500])}
    return {address for address in found if not words.NEVER.match(address)}


def _human(text: str) -> str:
    """What the system says itself: the text above the returned message."""
    out: list[str] = []
    for line in text[:REGION].split("\n"):
        if words.RETURNED.match(line[:200].strip(" *")):
            break
        out.append(line)
    return "\n".join(out)


def _second_opinion(message: Message) -> set[str]:
    """What flufl.bounce finds, which knows dozens of old mail systems."""
    mail = EmailMessage()
    if message.from_ is not None and message.from_.address.isascii():
        mail["From"] = message.from_.address
    mail.set_content(message.text[:REGION].encode("ascii", "replace").decode())
    try:
        _, permanent = all_failures(mail)
    except Exception:  # its detectors stumble over odd text; they only add to what was found
        return set()
    addresses = (
        address.decode("ascii", "replace") if isinstance(address, bytes) else str(address) for address in permanent
    )
    return {
        address.strip().lower()
        for address in addresses
        if re.fullmatch(words.ADDRESS, address.strip()) and not words.NEVER.match(address)
    }
