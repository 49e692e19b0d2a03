"""An agent's words on their way out: what is cut off, and what holds them back (conversation.md, section 3).

Outgoing words are built from the agent's new text only, never from quoted history; the leak gate looks at them once more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from router.desk.card import MARKER
from router.mail.message import Attachment, Message
from router.mail.region import split

_NUMBER = re.compile(r"\bHERO-\d{4}-\d{6}\b", re.I)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HEADER_LINE = re.compile(
    r"^\s*\*?(?:Von|From|Dari|De|Da|Van|Gesendet|Sent|Dikirim|Terkirim|Kepada|To|An)\*?\s?:\s?\S.{0,200}@", re.I
)
# The block that mail programs put above a quote names people without addresses, too: From, then when or to whom.
_HEADER_BLOCK = re.compile(
    r"^[ \t]*\*?(?:Von|From|Dari|De|Da|Van)\*?[ \t]?:[^\n]{1,200}\n(?:[^\n]{0,200}\n){0,1}"
    r"[ \t]*\*?(?:Gesendet|Sent|Dikirim|Terkirim|Date|Tanggal|Datum|Kepada|To|An)\*?[ \t]?:",
    re.I | re.M,
)
_COMMAND_LINK = re.compile(r"mailto:\S{1,300}body=%23", re.I)
MAX_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What of an agent's reply goes to the customer: the words, the files, and why it must not leave yet (() = it may)."""

    text: str
    attachments: tuple[Attachment, ...]
    leaks: tuple[str, ...]


def outgoing(message: Message, number: str, is_secret: Callable[[str], bool]) -> Outgoing:
    """The words and files of an agent's mail that are for the customer. `number` is the ticket's; other numbers are leaks,
    and so are addresses that `is_secret`."""
    words = agent_words(message.new_text)
    files = tuple(item for item in message.attachments if _is_sent_along(item))
    return Outgoing(words, files, leaks(words, files, number, is_secret))


def agent_words(new_text: str) -> str:
    """The new text less the agent's own signature block and disclaimer: the unit's signature goes below instead."""
    return split(new_text).new.strip()


def leaks(text: str, files: Iterable[Attachment], number: str, is_secret: Callable[[str], bool]) -> tuple[str, ...]:
    """What in the words or file names must not reach a customer, each find in one clause."""
    looked_at = "\n".join([*text.splitlines()[:MAX_LINES], *(item.filename or "" for item in files)])
    found = [f"internal address {match}" for match in _ADDRESS.findall(looked_at) if is_secret(match.lower())]
    found += [f"another ticket's number {match}" for match in _NUMBER.findall(looked_at) if match.upper() != number]
    found += [f"a mail header line: {line.strip()[:60]}" for line in looked_at.splitlines() if _HEADER_LINE.match(line)]
    found += [f"a mail header: {match.splitlines()[0].strip()[:60]}" for match in _HEADER_BLOCK.findall(looked_at)]
    found += ["a link of the card's" for _ in _COMMAND_LINK.findall(looked_at)]
    found += [f"the card's line {line}" for line in MARKER if line in looked_at]
    return tuple(dict.fromkeys(found))


def _is_sent_along(item: Attachment) -> bool:
    """An agent's logo is no attachment: an inline image with a Content-ID is shown by quoted or signature HTML only.
    A forwarded message is internal history."""
    if item.content_type.startswith("message/"):
        return False
    return not (item.inline and item.content_type.startswith("image/"))
