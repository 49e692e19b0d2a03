"""Message: what one received mail says, as frozen values named by RFC 5322 and RFC 2045.

Made by `router.mail.parse`, changed by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322, 3.4: a display name ("" if none) and an addr-spec ``local@domain`` as written."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The addr-spec in lower case: how two addresses are compared."""
        return self.address.lower()

    @property
    def domain(self) -> str:
        """The domain in lower case, without a trailing dot."""
        return self.address.rpartition("@")[2].lower().rstrip(".")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A leaf part of the MIME tree that is not body text (an attached message is one leaf).

    `content` is what the transfer encoding held; `size` (bytes) and `sha256` (lower-case hex) are of it.
    """

    filename: str | None
    content_type: str
    size: int
    sha256: str
    inline: bool
    content: bytes = field(repr=False)
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One received mail.

    `digest` is the SHA-256 (lower-case hex) of the bytes as received, `size` their number. msg-ids are bare, without
    angle brackets. `fields` are all header fields in order, topmost first, decoded and unfolded.
    `text` and `new_text` are as `inspect` prints them; `html` is the HTML body as sent, unsafe to show.
    """

    digest: str
    size: int
    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    subject: str | None
    from_: Address | None
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    date: datetime | None
    content_type: str
    text: str
    new_text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    fields: tuple[tuple[str, str], ...]
    defects: tuple[str, ...] = ()

    def value(self, name: str) -> str | None:
        """The decoded value of the topmost header field of that name (any case), or None."""
        return next((v for n, v in self.fields if n.lower() == name.lower()), None)

    def values(self, name: str) -> tuple[str, ...]:
        """The decoded values of all header fields of that name (any case), topmost first."""
        return tuple(v for n, v in self.fields if n.lower() == name.lower())

    @property
    def recipients(self) -> tuple[Address, ...]:
        """To and Cc together."""
        return self.to + self.cc
