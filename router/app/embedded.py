"""An embedded mail house for `demo`: IMAP (pymap) and SMTP (aiosmtpd) on free loopback ports, all in memory.

Mail sent by SMTP to a known address lands in that account's INBOX; any other recipient is refused with 550. Nothing
leaves the machine, nothing is written to disk. Not a mail server for real use: no TLS, and it forgets all at the end.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from argparse import Namespace
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, DictBackend, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
MAX_BYTES = 40 * 1024 * 1024
QUIET = ("mail.log", "mail.debug", "pymap", "asyncio")

T = TypeVar("T")


class _Config(Config):
    """pymap's settings, without the look-up of our own name in the DNS that its greeting makes."""

    @property
    def greeting(self) -> bytes:
        return b"HERO demo"


class _Inbox(MailboxData):
    """pymap's IDLE tells only what happens while it waits; this one tells first what came since the last command."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        if selected.mod_sequence is not None and selected.mod_sequence < self._mod_sequences.highest:
            wait_on = None
        return await super().update_selected(selected, wait_on=wait_on)


class _Mailboxes(MailboxSet):
    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Inbox(self._content_cache, self._thread_cache)


class MailHouse:
    """Both servers in one thread of their own. `imap_port` and `smtp_port` are valid after `start`.

    With `authserv_id`, delivered mail carries an Authentication-Results field of that name (RFC 8601) saying that the
    author's domain was verified, as the ministry's own mail exchanger would say of its users.
    """

    host = HOST

    def __init__(self, authserv_id: str = "") -> None:
        self.imap_port = 0
        self.smtp_port = 0
        self._authserv_id = authserv_id
        self._inboxes: dict[str, MailboxData] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail-house", daemon=True)
        self._servers: list[asyncio.Server] = []

    def start(self, accounts: Mapping[str, tuple[str, str]]) -> None:
        """Open an account for each address → (user, password) and listen. Raises OSError when there is no port."""
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._thread.start()
        self._run(self._open(accounts))

    def deliver(self, address: str, content: bytes) -> None:
        """Put a mail into an account's INBOX. Raises KeyError for an address that has none."""
        self._run(self._put(address.lower(), content))

    def inbox(self, address: str) -> list[bytes]:
        """The bytes of every mail in an account's INBOX, oldest first. Raises KeyError as `deliver` does."""
        return self._run(self._contents(address.lower()))

    def stop(self) -> None:
        """Close both servers and every connection; may be called twice."""
        if self._loop.is_closed():
            return
        if self._thread.is_alive():
            self._run(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(30)

    async def _open(self, accounts: Mapping[str, tuple[str, str]]) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None)
        config = _Config(
            args, host=HOST, port=0, demo_data=False, demo_user="", demo_password="", tls_enabled=False,
            hash_context=Cleartext(), cpu_subsystem=Subsystem.for_asyncio(), max_append_len=MAX_BYTES,
        )  # fmt: skip
        config.apply_context()
        login = Login(config)
        backend = DictBackend(login, config)
        for address, (user, password) in accounts.items():
            login.users_dict[user] = UserMetadata(config, user, password=password)
            if user not in config.set_cache:
                config.set_cache[user] = (_Mailboxes(), FilterSet())
            self._inboxes[address.lower()] = await config.set_cache[user][0].get_mailbox("INBOX")
        serve = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        imap = await asyncio.start_server(serve, HOST, 0)
        smtp = await self._loop.create_server(self._session, HOST, 0)
        self._servers = [imap, smtp]
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in self._servers)

    def _session(self) -> SMTP:
        return SMTP(
            self, hostname="demo", ident="HERO demo", enable_SMTPUTF8=True, data_size_limit=MAX_BYTES, loop=self._loop
        )

    async def _put(self, address: str, content: bytes) -> None:
        await self._inboxes[address].append(AppendMessage(content, datetime.now(UTC), frozenset()), recent=True)

    async def _contents(self, address: str) -> list[bytes]:
        return [bytes(message._content or b"") async for message in self._inboxes[address].messages()]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    # -- aiosmtpd's hooks -------------------------------------------------------------------------------------------

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Known addresses only."""
        if address.lower() not in self._inboxes:
            return "550 5.1.1 no such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Into each recipient's INBOX, with the trace of final delivery (RFC 5321, 4.4)."""
        sender = (envelope.mail_from or "").strip("<>")  # aiosmtpd calls the null sender "<>"
        content = self._trace(sender) + (envelope.original_content or b"")
        for recipient in envelope.rcpt_tos:
            await self._put(recipient.lower(), content)
        return "250 2.0.0 delivered"

    def _trace(self, sender: str) -> bytes:
        lines = f"Return-Path: <{sender}>\r\n"
        domain = sender.rpartition("@")[2]
        if self._authserv_id and domain:
            lines += (
                f"Authentication-Results: {self._authserv_id}; spf=pass smtp.mailfrom={domain};\r\n"
                f" dkim=pass header.d={domain}; dmarc=pass header.from={domain}\r\n"
            )
        return lines.encode()
