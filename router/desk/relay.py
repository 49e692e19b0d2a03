"""An agent's words on their way out: what is cut off, and what holds them back (conversation.md, section 3).

Outgoing words are built from the agent's new text only, never from quoted history; the leak gate looks at them once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from router.mail.message import Attachment, Message
from router.mail.region import split

_NUMBER = re.compile(r"\bHERO-\d{4}-\d{6}\b", re.I)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HEADER_LINE = re.compile(
    r"^\s*\*?(?:Von|From|Dari|De|Da|Van|Gesendet|Sent|Dikirim|Terkirim|Kepada|To|An)\*?\s?:\s?\S.{0,200}@", re.I
)
MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What of an agent's reply goes to the customer: the words, the files, and why it must not leave yet (() = it may)."""

    text: str
    attachments: tuple[Attachment, ...]
    leaks: tuple[str, ...]


def outgoing(message: Message, number: str, secret_addresses: Iterable[str]) -> Outgoing:
    """The words and files of an agent's mail that are for the customer. `number` is the ticket's; other numbers are leaks."""
    words = agent_words(message.new_text)
    files = tuple(item for item in message.attachments if _is_sent_along(item))
    return Outgoing(words, files, leaks(words, files, number, secret_addresses))


def agent_words(new_text: str) -> str:
    """The new text less the agent's own signature block and disclaimer: the unit's signature goes below instead."""
    return split(new_text).new.strip()


def leaks(text: str, files: Iterable[Attachment], number: str, secret_addresses: Iterable[str]) -> tuple[str, ...]:
    """What in the words or file names must not reach a customer, each find in one clause."""
    inside = frozenset(secret_addresses)
    looked_at = "\n".join([*text.splitlines()[:MAX_LINES], *(item.filename or "" for item in files)])
    found = [f"internal address {match}" for match in _ADDRESS.findall(looked_at) if match.lower() in inside]
    found += [f"another ticket's number {match}" for match in _NUMBER.findall(looked_at) if match.upper() != number]
    found += [f"a mail header line: {line.strip()[:60]}" for line in looked_at.splitlines() if _HEADER_LINE.match(line)]
    return tuple(dict.fromkeys(found))


def _is_sent_along(item: Attachment) -> bool:
    """An agent's logo is no attachment: an inline image with a Content-ID is shown by quoted or signature HTML only.
    A forwarded message is internal history."""
    if item.content_type.startswith("message/"):
        return False
    return not (item.inline and item.content_type.startswith("image/"))
