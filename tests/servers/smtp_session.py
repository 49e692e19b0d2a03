"""One SMTP session of the receiver: RFC 5321's commands, as fast as a bare protocol goes."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.servers.smtpd import House

Stage = Literal["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "content", "RSET", "NOOP"]
_MSGID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(rb"<([^>]*)>(.*)")


@dataclass(slots=True)
class Rule:
    """At a stage, for `who` (None: anybody), `times` times: this reply; "" cuts the line, "silence" says nothing."""

    stage: Stage
    reply: str
    times: int
    who: str | None


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came: envelope, MAIL's options, content with dots unstuffed; the connection's number and when.

    `acknowledged` False: it was taken, but the sender never heard so.
    """

    sender: str
    recipients: tuple[str, ...]
    options: str
    content: bytes
    connection: int
    at: float
    acknowledged: bool

    @property
    def message_id(self) -> str:
        """As in the header, with angle brackets; "" when there is none."""
        found = _MSGID.search(self.content, 0, 65536)
        return found.group(1).decode("utf-8", "replace") if found else ""

    def line(self) -> str:
        """What a sink writes down."""
        return f"{self.at:.6f}\t{self.sender}\t{','.join(self.recipients)}\t{len(self.content)}\t{self.message_id}"


class Session(asyncio.Protocol):
    def __init__(self, house: House) -> None:
        self._house = house
        self._buffer = b""
        self._reading_content = False
        self._dumb = False
        self._authenticated = not house.accounts
        self._encrypted = self._upgrading = False
        self._challenge = b""
        self._user = ""
        self._number = 0
        self._forget()

    # -- asyncio ----------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._encrypted:  # after STARTTLS
            return
        self._house.opened += 1
        self._house.sessions.append(self)
        self._number = self._house.opened
        self._reply("greeting", "", "220 receiver.test ESMTP")

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._house.sessions:
            self._house.sessions.remove(self)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if self._reading_content and self._house.stall_after and len(self._buffer) > self._house.stall_after:
            self._transport.pause_reading()
        while self._buffer and not self._dumb and not self._upgrading:
            end = b"\r\n.\r\n" if self._reading_content else b"\r\n"
            if self._reading_content and self._buffer.startswith(b".\r\n"):
                head, self._buffer = b"", self._buffer[3:]
            else:
                head, found, rest = self._buffer.partition(end)
                if not found:
                    return
                self._buffer = rest
            if self._reading_content:
                self._content(head + b"\r\n" if head else b"")
            else:
                self._command(head)

    def cut(self) -> None:
        self._transport.abort()

    # -- SMTP -------------------------------------------------------------------------------------------------------

    def _reply(self, stage: Stage, who: str, usual: str) -> bool:
        """Answer as a rule says, or as usual. True: as usual."""
        rule = self._house.rule(stage, who) if self._house.rules else None
        reply = rule.reply if rule else usual
        if reply == "silence":
            self._dumb = True
        elif reply == "":
            self._dumb = True
            self._transport.abort()
        else:
            self._transport.write(reply.encode() + b"\r\n")
            if reply.startswith("421"):
                self._dumb = True
                self._transport.close()
        return reply[:1] == usual[:1]

    def _command(self, line: bytes) -> None:
        if self._house.commands is not None:
            self._house.commands.append((self._number, line.decode("utf-8", "replace")))
        if self._challenge:
            self._login_goes_on(line)
            return
        verb = line[:4].upper()
        act = getattr(self, "_" + verb.decode("ascii", "replace").lower().strip(), None) if verb in _VERBS else None
        if act:
            act(line)
        else:
            self._write("502 5.5.1 unknown")

    def _write(self, line: str) -> None:
        self._transport.write(line.encode() + b"\r\n")

    def _ehlo(self, line: bytes) -> None:
        lines = ["receiver.test", *self._house.features]
        if self._house.starttls and not self._encrypted:
            lines.append("STARTTLS")
        if self._house.accounts:
            lines.append("AUTH PLAIN LOGIN XOAUTH2")
        self._reply("EHLO", "", "\r\n".join(f"250{' ' if n == len(lines) else '-'}{x}" for n, x in enumerate(lines, 1)))

    def _helo(self, line: bytes) -> None:
        self._write("250 receiver.test")

    def _noop(self, line: bytes) -> None:
        self._reply("NOOP", "", "250 2.0.0 ok")

    def _rset(self, line: bytes) -> None:
        self._forget()
        self._reply("RSET", "", "250 2.0.0 ok")

    def _quit(self, line: bytes) -> None:
        self._write("221 2.0.0 bye")
        self._transport.close()

    def _mail(self, line: bytes) -> None:
        found = _PATH.search(line)
        if not self._authenticated:
            self._write("530 5.7.0 authentication required")
        elif found is None:
            self._write("501 5.5.4 no path")
        else:
            sender = found.group(1).decode()
            if self._reply("MAIL", sender, "250 2.1.0 ok"):
                self._sender, self._options = sender, found.group(2).decode().strip()

    def _rcpt(self, line: bytes) -> None:
        found = _PATH.search(line)
        if self._sender is None or found is None:
            self._write("503 5.5.1 MAIL first")
        elif self._reply("RCPT", recipient := found.group(1).decode(), "250 2.1.5 ok"):
            self._recipients.append(recipient)

    def _data(self, line: bytes) -> None:
        if not self._recipients:
            self._write("503 5.5.1 RCPT first")
        else:
            self._reading_content = self._reply("DATA", self._recipients[0], "354 go on")

    def _content(self, stuffed: bytes) -> None:
        self._reading_content = False
        content = stuffed[1:] if stuffed.startswith(b".") else stuffed
        content = content.replace(b"\r\n..", b"\r\n.")
        rule = next(
            (r for r in self._house.rules if r.stage == "content" and r.times and r.who in (None, self._recipients[0])),
            None,
        )
        if rule is None or rule.reply in ("", "silence") or rule.reply.startswith("2"):
            self._house.count += 1
            self._house.keep(
                Mail(
                    self._sender or "",
                    tuple(self._recipients),
                    self._options,
                    content,
                    self._number,
                    time.time(),
                    rule is None,
                )
            )
        who = self._recipients[0]
        self._forget()
        self._reply("content", who, "250 2.0.0 queued")

    def _forget(self) -> None:
        self._sender: str | None = None
        self._options = ""
        self._recipients: list[str] = []

    # -- AUTH and STARTTLS ------------------------------------------------------------------------------------------

    def _auth(self, line: bytes) -> None:
        _, method, *initial = line.split()
        self._challenge = method.upper()
        if initial:
            self._login_goes_on(initial[0])
        else:
            self._write("334 ")

    def _login_goes_on(self, line: bytes) -> None:
        text = base64.b64decode(line).decode()
        if self._challenge == b"LOGIN":
            self._user, self._challenge = text, b"LOGIN password"
            self._write("334 UGFzc3dvcmQ6")
            return
        user, secret = {
            b"PLAIN": lambda: text.split("\0")[1:3],
            b"LOGIN password": lambda: (self._user, text),
            b"XOAUTH2": lambda: re.split("user=|\1auth=Bearer |\1\1", text)[1:3],
        }[self._challenge]()
        self._challenge = b""
        good = self._house.accounts.get(user) == secret
        said = self._reply("AUTH", user, "235 2.7.0 welcome" if good else "535 5.7.8 bad credentials")
        self._authenticated = good and said

    def _star(self, line: bytes) -> None:
        self._transport.pause_reading()  # the client's greeting belongs to TLS, however soon it comes
        self._write("220 2.0.0 go on")
        self._encrypted = self._upgrading = True
        self._upgrade = asyncio.ensure_future(self._encrypt())

    async def _encrypt(self) -> None:
        assert self._house.starttls
        try:
            made = await asyncio.get_running_loop().start_tls(
                self._transport, self, self._house.starttls, server_side=True
            )
        except (OSError, ssl.SSLError):
            return  # the client didn't trust us, and has said so
        if made:
            self._transport = made
            self._upgrading = False
            self.data_received(b"")  # what came before we knew the new transport


_VERBS = frozenset({b"EHLO", b"HELO", b"NOOP", b"RSET", b"QUIT", b"MAIL", b"RCPT", b"DATA", b"AUTH", b"STAR"})
