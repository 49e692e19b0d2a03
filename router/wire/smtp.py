"""SMTP: finished bytes to one recipient, and what the server answered. The only importer of aiosmtplib.

What goes wrong before a mail is on its way (connecting, TLS, login) is a fault of `router.wire.faults` and says nothing
about the mail; what goes wrong with the mail is an `Answer`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import Literal

from aiosmtplib import SMTP, SMTPResponse
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from router.wire import tls
from router.wire.envelope import Path, crlf, path, stuffed
from router.wire.faults import Fault, Refused, Unreachable, of_network, words
from router.wire.settings import SmtpSettings, secret_of

__all__ = ["Answer", "Connection", "SmtpSettings", "probe"]

PROBE_AFTER = 30.0  # idle seconds after which a connection is asked whether it lives
CLOSE_AFTER = 60.0  # idle seconds after which it is given back
MAILS_A_CONNECTION = 100  # many servers refuse beyond
# RFC 5321, 4.5.3.2.6 grants a server ten minutes to answer the final dot (it may scan first); a slow line needs more.
CONTENT_PATIENCE = 5
SLOWEST_LINE = 100_000  # octets a second
UNSENT = 1024 * 1024  # octets that may wait for the line in memory
# "Authentication required" and its kin (RFC 4954, 6): about us, not about the mail.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
# What aiosmtplib raises: its own, the socket's (TLS and time-outs are OSErrors), and a setting that is none.
_BROKEN = (SMTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a mail. "failed": for now, try again; "dead": for good.

    `code` and `text` are the server's (None: it gave none, and the text is ours). `unknown`: the line broke after the
    content was sent, so that it may have been accepted: a retry sends the same bytes with the same Message-ID.
    """

    state: Literal["sent", "failed", "dead"]
    code: int | None
    text: str
    unknown: bool = False


class Connection:
    """A connection for mail that leaves: opened by the first mail, kept between mails, opened again when it was lost.

    One task at a time uses it, always in the same event loop.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._client: SMTP | None = None
        self._mails = 0
        self._used_at = 0.0
        self._stage = ""
        self._expiry: asyncio.TimerHandle | None = None

    async def send(self, envelope_sender: str, recipient: str, content: bytes) -> Answer:
        """One transaction with one recipient; `envelope_sender` may be "" (RFC 3834, 3.3).

        `content` is the whole mail; line ends become CRLF. Raises Unreachable or Refused when there is no session to send
        it in: the mail was not touched. Cancelling closes the connection, as its state isn't known then.
        """
        try:
            sender, receiver = path(envelope_sender), path(recipient)
            if not receiver.wire:
                raise ValueError("penerima kosong")
        except ValueError as error:
            return Answer("dead", None, words(error))
        if self._expiry:
            self._expiry.cancel()
        try:
            answer = await self._send(sender, receiver, crlf(content))
        except BaseException:
            self._abort()
            raise
        if self._client and self._client.is_connected:
            self._used_at = time.monotonic()
            self._expiry = asyncio.get_running_loop().call_later(CLOSE_AFTER, self._leave)
        return answer

    async def close(self) -> None:
        """Say QUIT and close; never raises, and waits for the server a second at most."""
        if self._client and self._client.is_connected:
            with contextlib.suppress(*_BROKEN):
                await self._client.quit(timeout=1.0)
        self._abort()

    async def _send(self, sender: Path, receiver: Path, lines: bytes) -> Answer:
        """On a kept connection first; where that turns out dead at the first command, once more on a new one."""
        client = await self._kept()
        if client:
            answer = await self._transaction(client, sender, receiver, lines)
            if self._stage != "MAIL" or client.is_connected:
                return answer
        self._abort()
        self._client = client = await _session(self.settings)
        self._mails = 0
        return await self._transaction(client, sender, receiver, lines)

    async def _kept(self) -> SMTP | None:
        """The connection from before, if it still serves."""
        client = self._client
        if client is None or not client.is_connected:
            return None
        if self._mails >= MAILS_A_CONNECTION:
            self._leave()
            return None
        if time.monotonic() - self._used_at > PROBE_AFTER:
            try:
                await client.noop()
            except _BROKEN:
                return None
        return client

    async def _transaction(self, client: SMTP, sender: Path, receiver: Path, lines: bytes) -> Answer:
        self._mails += 1
        self._stage = "MAIL"
        if (sender.utf8 or receiver.utf8) and not client.supports_extension("smtputf8"):
            return Answer("dead", None, "alamat ini memerlukan SMTPUTF8, yang tidak didukung server pengirim")
        try:
            code, text = await self._dialogue(client, sender, receiver, lines)
        except _BROKEN as error:
            client.close()
            fault = _fault(error, f"{self.settings.where}: {self._stage}", self.settings.timeout)
            return Answer("failed", None, fault.reason, unknown=self._stage == "content.end")
        if code in _LOGIN_CODES:
            raise Refused(
                f"{self.settings.where}: server meminta login ({code} {words(text)}); isi user dan kata sandi"
            )
        if self._stage == "content.end" and 200 <= code < 300:
            return Answer("sent", code, words(text))
        await _reset(client)
        return Answer("dead" if 500 <= code < 600 else "failed", code, words(text))

    async def _dialogue(self, client: SMTP, sender: Path, receiver: Path, lines: bytes) -> SMTPResponse:
        """MAIL, RCPT, DATA and the content, as far as the server goes along. Its last reply; `_stage` is to what.

        Not aiosmtplib's `sendmail`: that can't say whether the line broke before or after the content, and cuts addresses
        silently.
        """
        steps = (
            (
                "MAIL",
                2,
                b"MAIL FROM:<%b>%b" % (sender.wire, _mail_options(client, sender.utf8 or receiver.utf8, lines)),
            ),
            ("RCPT", 2, b"RCPT TO:<%b>" % receiver.wire),
            ("DATA", 3, b"DATA"),
        )
        for self._stage, wanted, command in steps:
            reply = await client.execute_command(command)
            if reply.code // 100 != wanted:
                return reply
        return await self._content(client, lines)

    async def _content(self, client: SMTP, lines: bytes) -> SMTPResponse:
        """The content and the answer to its final dot: with that written, and not before, it may have been accepted."""
        protocol, transport = client.protocol, client.transport
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise SMTPServerDisconnected("Connection lost")
        self._stage = "content"
        patience = self.settings.timeout * CONTENT_PATIENCE + len(lines) / SLOWEST_LINE
        async with asyncio.timeout(patience):
            for piece, last in stuffed(lines):
                while transport.get_write_buffer_size() > UNSENT:
                    await asyncio.sleep(0.002)
                self._stage = "content.end" if last else self._stage
                protocol.write(piece)
            reply = await protocol.read_response()
        if reply.code == 421:
            client.close()
        return reply

    def _leave(self) -> None:
        """Close politely without waiting for the answer."""
        if self._client and self._client.protocol and self._client.is_connected:
            self._client.protocol.write(b"QUIT\r\n")
        self._abort()

    def _abort(self) -> None:
        if self._expiry:
            self._expiry.cancel()
        if self._client:
            self._client.close()
        self._client = None


async def probe(settings: SmtpSettings) -> tuple[str, ...]:
    """Connect, TLS, EHLO, login, QUIT: what `check --online` shows of the server. Raises Unreachable or Refused."""
    client = await _session(settings)
    version = client.get_transport_info("ssl_object")
    facts = (
        f"TLS: {version.version() if version else 'tidak dipakai'}",
        f"login: {settings.user or 'tanpa login'}",
        f"kemampuan: {', '.join(sorted(name.upper() for name in client.esmtp_extensions)) or 'tidak ada'}",
    )
    with contextlib.suppress(*_BROKEN):
        await client.quit(timeout=5.0)
    client.close()
    return facts


async def _session(settings: SmtpSettings) -> SMTP:
    """A connection that is encrypted as the settings say, greeted and logged in. Raises Unreachable or Refused."""
    client = SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.timeout,
        use_tls=settings.security == "tls",
        start_tls=False,
        tls_context=None if settings.security == "plain" else tls.context(settings.ca_file),
        local_hostname="localhost",  # said to nobody; without it our own name is looked up in the DNS
    )
    try:
        await client.connect()
        await _greet(client, settings)
        if settings.security == "starttls":
            if not client.supports_extension("starttls"):
                raise Refused(f"{settings.where}: server tidak menawarkan STARTTLS; periksa port dan security")
            await client.starttls()
            await _greet(client, settings)
        if settings.user:
            await _login(client, settings, secret_of(settings))
    except BaseException as error:
        client.close()
        if isinstance(error, _BROKEN):
            raise _fault(error, settings.where, settings.timeout) from error
        raise
    return client


async def _greet(client: SMTP, settings: SmtpSettings) -> None:
    """EHLO with our name, or with the address literal of our end where there is none (RFC 5321, 4.1.4); else HELO."""
    host = client.get_transport_info("sockname")[0]
    name = settings.helo or (f"[IPv6:{host}]" if ":" in host else f"[{host}]")
    try:
        await client.ehlo(hostname=name)
    except SMTPHeloError:
        await client.helo(hostname=name)


async def _login(client: SMTP, settings: SmtpSettings, secret: str) -> None:
    """One try with the best method on offer: several tries with one wrong password lock accounts."""
    encrypted = client.get_transport_info("sslcontext") is not None
    order = ("plain", "login", "cram-md5") if encrypted else ("cram-md5", "plain", "login")
    offered = [name.lower() for name in client.server_auth_methods]
    method = "xoauth2" if settings.auth == "xoauth2" else next((name for name in order if name in offered), "")
    acts = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    if method not in offered:
        raise Refused(
            f"{settings.where}: server tidak menawarkan cara login yang cocok (ada: {', '.join(offered) or 'tidak ada'}); "
            "periksa port dan security"
        )
    await (client.auth_xoauth2 if method == "xoauth2" else acts[method])(settings.user, secret)


async def _reset(client: SMTP) -> None:
    """End the transaction after a refusal; a server that doesn't is left."""
    if client.is_connected:
        try:
            await client.rset()
        except _BROKEN:
            client.close()


def _mail_options(client: SMTP, utf8: bool, lines: bytes) -> bytes:
    options = (
        (b" SIZE=%d" % len(lines), client.supports_extension("size")),
        (b" BODY=8BITMIME", (utf8 or not lines.isascii()) and client.supports_extension("8bitmime")),
        (b" SMTPUTF8", utf8),
    )
    return b"".join(option for option, wanted in options if wanted)


def _fault(error: BaseException, where: str, seconds: float) -> Fault:
    """The fault behind what aiosmtplib raised; a socket's error hides in the cause."""
    if isinstance(error, SMTPAuthenticationError) and not 400 <= error.code < 500:
        return Refused(f"{where}: login ditolak ({error.code} {words(error.message)}); periksa user dan kata sandi")
    if isinstance(error, SMTPResponseException):
        return Unreachable(f"{where}: server menolak ({error.code} {words(error.message)}); akan dicoba lagi")
    if isinstance(error.__cause__, OSError) and not isinstance(error, TimeoutError):
        return of_network(error.__cause__, where, seconds)
    if isinstance(error, OSError):
        return of_network(error, where, seconds)
    return Refused(f"{where}: {words(error)}; periksa [smtp]")
