"""IMAP: one connection to one folder, as bytes and UIDs. The only importer of imapclient.

A `Mailbox` belongs to one thread. It never sets \\Seen, keeps no cursor and decides nothing. Whatever goes wrong leaves as
one of the faults of `router.wire.faults`; after Unreachable the connection is closed, and `connect` may be called again.
"""

from __future__ import annotations

import imaplib
import logging
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError

from router.wire import tls
from router.wire.faults import Fault, Refused, Unreachable, Withheld, of_imap, passes, words
from router.wire.folder import into, move, server_name
from router.wire.idle import idle, wait_readable
from router.wire.settings import ImapSettings, secret_of

__all__ = ["ImapSettings", "Mailbox"]

log = logging.getLogger(__name__)
logging.getLogger("imapclient").setLevel(logging.ERROR)  # what it warns of comes to us as an exception

# A SEARCH answer is one line; imaplib's own bound of a million bytes would be met by some 130,000 UIDs.
imaplib._MAXLINE = 32_000_000  # type: ignore[attr-defined]
# Everything that the libraries raise on a broken line or an answer that they can't read.
_LIBRARY = (imaplib.IMAP4.error, OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError)
_COMMAND_UIDS = 500  # UIDs in one command: servers bound the line, RFC 2683 says at 8,000 octets
_CLOSE_SECONDS = 1.0

Items = dict[int, dict[bytes, Any]]


class Mailbox:
    """A folder on a server. After `connect`: `uidvalidity`, `uidnext`, `exists`, `can_idle`, `can_move`.

    `idle_since` is the moment (aware UTC) since when the server is listened to, None when it isn't connected.
    """

    def __init__(self, settings: ImapSettings) -> None:
        self.settings = settings
        self.uidvalidity = 0
        self.uidnext = 0
        self.exists = 0
        self.can_idle = False
        self.can_move = False
        self.idle_since: datetime | None = None
        self._client: Any = None
        self._news = False

    def connect(self) -> None:
        """Connect, log in, open the folder. Raises Unreachable or Refused, and is closed then."""
        self.close()
        secret = secret_of(self.settings)
        try:
            with self._faults("sambungan", self.settings.connect_timeout):
                self._open()
                self._login(secret)
                self._select()
                self.can_idle = self.settings.idle and self._client.has_capability("IDLE")
                self.can_move = self._client.has_capability("MOVE")
                self._heed()
                self._news = False
        except Fault:
            self._drop()
            raise

    def _open(self) -> None:
        settings = self.settings
        context = None if settings.security == "plain" else tls.context(settings.ca_file)
        self._client = IMAPClient(
            settings.host,
            settings.port,
            ssl=settings.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(settings.connect_timeout, settings.read_timeout),
        )
        self._client._imap.debug = 0  # imapclient formats every line for a log otherwise: slow, and lines hold mail
        if settings.security == "starttls":
            if not self._client.has_capability("STARTTLS"):
                raise Refused(
                    f"{settings.where}: server tidak menawarkan STARTTLS; periksa port, atau pakai security = tls"
                )
            self._client.starttls(context)

    def _login(self, secret: str) -> None:
        client, user, where = self._client, self.settings.user, self.settings.where
        try:
            if self.settings.auth == "xoauth2":
                client.sasl_login("XOAUTH2", _xoauth2(user, secret))
            elif client.has_capability("AUTH=PLAIN"):  # base64 of UTF-8: no quoting, any letters
                client.plain_login(user, secret)
            elif secret.isascii() and user.isascii():
                client.login(user, secret)
            else:
                raise Refused(f"{where}: server ini hanya menerima nama dan kata sandi ASCII; ganti kata sandinya")
        except LoginError as error:
            if isinstance(error.__context__, imaplib.IMAP4.abort) or passes(error):
                raise Unreachable(f"{where}: login terganggu ({words(error)}); akan dicoba lagi") from error
            raise Refused(f"{where}: login ditolak ({words(error)}); periksa user dan kata sandi") from error

    def _select(self) -> None:
        """Open the folder; a NO says that it is missing or forbidden."""
        folder, where = self.settings.folder, self.settings.where
        try:
            answer = self._client.select_folder(folder, readonly=self.settings.read_only)
        except imaplib.IMAP4.readonly as error:
            raise Refused(f"{where}: folder {folder!r} hanya bisa dibaca; beri akun ini hak tulis") from error
        except imaplib.IMAP4.error as error:
            if isinstance(error, imaplib.IMAP4.abort) or passes(error):
                raise
            raise Refused(f"{where}: folder {folder!r} tidak bisa dibuka ({words(error)}); periksa folder") from error
        self.exists = int(answer.get(b"EXISTS", 0))
        self.uidnext = int(answer.get(b"UIDNEXT", 0))
        self.uidvalidity = int(answer.get(b"UIDVALIDITY", 0))
        if not self.uidvalidity:
            raise Refused(f"{where}: server tidak memberi UIDVALIDITY untuk {folder!r}; folder ini tidak bisa diikuti")

    def facts(self) -> tuple[str, ...]:
        """What `check --online` shows of an open connection: TLS, folder, abilities."""
        with self._faults("CAPABILITY"):
            version = getattr(self._client.socket(), "version", str)()
            abilities = [name for name in ("IDLE", "MOVE", "UIDPLUS") if self._client.has_capability(name)]
        return (
            f"TLS: {version or 'tidak dipakai'}",
            f"folder {self.settings.folder}: {self.exists} pesan, UIDVALIDITY {self.uidvalidity}",
            f"kemampuan: {', '.join(abilities) or 'tidak ada'}",
        )

    def uids_after(self, uid: int) -> list[int]:
        """The UIDs above `uid`, ascending, as they are at this moment.

        NOOP first, since a server may answer SEARCH from what the session has seen so far. ``n:*`` beyond the end names
        the last message (RFC 3501, 6.4.8), hence the filter.
        """
        with self._faults("UID SEARCH"):
            self._client.noop()
            self._heed()
            self._news = False
            found = sorted(one for one in self._client.search(["UID", f"{uid + 1}:*"]) if one > uid)
            self._heed()
        self.uidnext = max(self.uidnext, found[-1] + 1 if found else 0)
        return found

    def all_uids(self) -> list[int]:
        """Every UID in the folder, ascending: to compare the server's account with ours."""
        return self.uids_after(0)

    def uids_before(self, day: date) -> list[int]:
        """The UIDs of messages that the server got before that day (INTERNALDATE, in the server's zone), ascending."""
        with self._faults("UID SEARCH"):
            found = sorted(self._client.search(["BEFORE", day]))
            self._heed()
        return found

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE (bytes) by UID; a UID that vanished is absent. Some servers only estimate it."""
        answer = self._fetch(uids, "RFC822.SIZE")
        return {uid: int(items[b"RFC822.SIZE"]) for uid, items in answer.items() if b"RFC822.SIZE" in items}

    def fetch(self, uids: Sequence[int]) -> list[tuple[int, bytes]]:
        """The messages' bytes in the order asked for; a UID that vanished is absent. \\Seen stays as it is.

        All are in memory at once: bound the batch by `sizes`. Raises Withheld, naming the UIDs, when the server has
        messages that it doesn't hand over; the others can be fetched without them.
        """
        answer = self._fetch(uids, "BODY.PEEK[]")
        return [(uid, answer[uid][b"BODY[]"] or b"") for uid in uids if b"BODY[]" in answer.get(uid, {})]

    def fetch_header(self, uid: int, limit: int) -> bytes | None:
        """At most the first `limit` bytes of the header, without loading the message; None when it vanished."""
        items = self._fetch([uid], f"BODY.PEEK[HEADER]<0.{limit}>").get(uid, {})
        return next((part or b"" for name, part in items.items() if name.startswith(b"BODY[HEADER]")), None)

    def _fetch(self, uids: Sequence[int], item: str) -> Items:
        """FETCH in as few commands as servers take; on a NO one by one, so that one message can't hold up the rest."""
        answer: Items = {}
        with self._faults("UID FETCH"):
            for chunk in _chunks(uids):
                try:
                    answer |= self._fetch_once(chunk, item)
                except imaplib.IMAP4.error as error:
                    if isinstance(error, imaplib.IMAP4.abort):
                        raise
                    log.info("%s: FETCH of %d refused: %s", self.settings.where, len(chunk), words(error))
                    answer |= self._fetch_singly(chunk, item)
        return answer

    def _fetch_once(self, uids: list[int], item: str) -> Items:
        answer: Items = self._client.fetch(uids, [item])
        self._heed()
        return answer

    def _fetch_singly(self, uids: list[int], item: str) -> Items:
        answer: Items = {}
        refused: dict[int, str] = {}
        for uid in uids:
            try:
                answer |= self._fetch_once([uid], item)
            except imaplib.IMAP4.error as error:
                if isinstance(error, imaplib.IMAP4.abort):
                    raise
                refused[uid] = words(error)
        if refused:
            self._client.noop()
            there = tuple(uid for uid in refused if uid in self._client.search(["UID", str(uid)]))
            if there:
                reason = f"{self.settings.where}: UID {there[0]} tidak diberikan server ({refused[there[0]]})"
                raise Withheld(reason, there)
        return answer

    def _heed(self) -> None:
        """Take the pushes that imaplib has collected, which it would keep as long as the connection lasts.

        A server tells of a new message once, in its answer to whatever command comes next: `wait` has to know of it.
        """
        pushes = self._client._imap.untagged_responses
        self._news = self._news or "EXISTS" in pushes
        pushes.clear()

    def wait(self, wake: socket.socket, seconds: float) -> bool:
        """Wait for news at most `seconds` (keep below 4 minutes: NAT), or until `wake` is readable; it isn't read here.

        True: the server said something, or it is time to poll. A hint only: ask `uids_after` in any case.
        """
        with self._faults("IDLE"):
            self.idle_since = self.idle_since or datetime.now(UTC)
            self._heed()
            if self._news:
                return True
            if self.can_idle:
                return idle(self._client._imap, wake, seconds)
            due = time.monotonic() + self.settings.poll_seconds
            ready = wait_readable((self._client._imap.sock, wake), min(seconds, self.settings.poll_seconds))
            return wake not in ready and (bool(ready) or time.monotonic() >= due)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages to a folder, which is made when missing; UIDs that vanished are passed over.

        ``/`` in `folder` stands for the server's own separator. Without MOVE (RFC 6851): COPY, \\Deleted, and UID EXPUNGE
        where UIDPLUS is offered (a bare EXPUNGE would remove what other clients have marked). Raises Refused when the
        folder takes nothing (quota, rights); the connection stays open then.
        """
        if self.settings.read_only:
            raise Refused(f"{self.settings.where}: folder dibuka hanya untuk dibaca, pesan tidak dipindahkan")
        with self._faults("MOVE"):
            name = server_name(self._client, folder)
            for chunk in _chunks(uids):
                into(self._client, name, self.settings.where, partial(move, self._client, chunk, name))
                self._heed()

    def append(self, folder: str, content: bytes) -> None:
        """Put a message into a folder, which is made when missing. Raises Refused as `move` does."""
        with self._faults("APPEND"):
            name = server_name(self._client, folder)
            into(self._client, name, self.settings.where, partial(self._client.append, name, content))

    def close(self) -> None:
        """Log out and close; never raises, and waits for the server about a second at most."""
        if self._client is not None:
            with suppress(*_LIBRARY):
                self._client.socket().settimeout(_CLOSE_SECONDS)
                self._client.logout()
        self._drop()

    def _drop(self) -> None:
        """Close without a word, as the state of the connection isn't known."""
        client, self._client, self.idle_since = self._client, None, None
        if client is not None:
            with suppress(*_LIBRARY):
                client.shutdown()

    @contextmanager
    def _faults(self, command: str, seconds: float | None = None) -> Iterator[None]:
        """Turn what the libraries raise into a fault, and close the connection then. Faults of our own pass."""
        if self._client is None and command != "sambungan":
            raise Unreachable(f"{self.settings.where}: {command}: belum tersambung")
        try:
            yield
        except _LIBRARY as error:
            self._drop()
            where = f"{self.settings.where}: {command}"
            raise of_imap(error, where, seconds or self.settings.read_timeout) from error


def _chunks(uids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(uids), _COMMAND_UIDS):
        yield list(uids[start : start + _COMMAND_UIDS])


def _xoauth2(user: str, token: str) -> Callable[[bytes], str]:
    """The client's side of XOAUTH2: the token first; a second challenge is the error, answered with an empty line."""
    lines = iter((f"user={user}\1auth=Bearer {token}\1\1",))
    return lambda challenge: next(lines, "")
