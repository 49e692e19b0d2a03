"""A mailbox's thread: connect → catch up in batches → wait (IDLE or poll) → again; on any fault close, pause, connect again.

IDLE is a hint, never the truth: each wake-up and each slice ends in a search for what we have no outcome for.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Unpack

from router.app.assemble import imap_settings
from router.app.backoff import Backoff
from router.app.intake import Intake
from router.app.settings import Mailbox as MailboxSettings
from router.store.database import Store, StoreUnavailable
from router.store.mailbox import MailboxState
from router.wire.faults import Refused, Unreachable
from router.wire.imap import Mailbox

log = logging.getLogger("hero.mailbox")

SLICE = 240.0  # seconds of IDLE at most before the server is asked again
RECONCILE = 20  # slices between two looks at all UIDs, not only the new ones


class Watch(threading.Thread):
    """Keeps one mailbox watched until told to stop. `committed` is called after each batch (the outbox has work)."""

    def __init__(
        self,
        settings: MailboxSettings,
        intake: Intake,
        store: Store,
        clock: Callable[[], datetime],
        committed: Callable[[], None],
    ) -> None:
        super().__init__(name=f"mailbox-{settings.name}", daemon=True)
        self.mailbox = settings.name
        self.failure: str | None = None
        self.caught_up = threading.Event()
        self._settings = settings
        self._intake = intake
        self._store = store
        self._clock = clock
        self._committed = committed
        self._stopping = threading.Event()
        self._wake_read, self._wake_write = socket.socketpair()

    def stop(self) -> None:
        """Finish the batch in hand, then end. Thread-safe."""
        self._stopping.set()
        self.wake()

    def wake(self) -> None:
        """Look at the mailbox now. Thread-safe."""
        try:
            self._wake_write.send(b"!")
        except OSError:
            log.debug("mailbox=%s: already closed", self._settings.name)

    def run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            box = Mailbox(imap_settings(self._settings))
            try:
                box.connect()
                self._connected(backoff)
                self._serve(box)
            except (Unreachable, Refused, StoreUnavailable) as fault:
                self._failed(fault)
                self._stopping.wait(backoff.next(slowly=isinstance(fault, Refused)))
            except Exception as fault:  # one round one mailbox: ours, with a traceback; the others go on
                log.exception("mailbox=%s: unexpected fault", self._settings.name)
                self._failed(fault)
                self._stopping.wait(backoff.next(slowly=True))
            finally:
                box.close()
        self._report(state="stopped")

    def once(self) -> None:
        """Handles what is in the mailbox now, then returns. Raises wire faults and StoreUnavailable."""
        box = Mailbox(imap_settings(self._settings))
        try:
            box.connect()
            self._catch_up(box, self._reconciled(box))
            self._report(state="done")
        finally:
            box.close()

    def _serve(self, box: Mailbox) -> None:
        slices = 0
        waiting = self._reconciled(box)
        while not self._stopping.is_set():
            highest = self._catch_up(box, waiting)
            self._looked(box)
            seconds = SLICE if box.can_idle and self._settings.imap.idle else self._settings.imap.poll_seconds
            box.wait(self._wake_read, seconds)
            self._drain_wakes()
            slices += 1
            due = slices % RECONCILE == 0
            waiting = self._reconciled(box) if due else box.uids_after(highest)

    def _reconciled(self, box: Mailbox) -> list[int]:
        """What the server shows and we have no outcome for; a new UIDVALIDITY begins a new count (RFC 3501, 2.3.1.1)."""
        name = self._settings.name
        cursor = self._store.cursor(name)
        if cursor is None or cursor[0] != box.uidvalidity:
            if cursor:
                log.warning(
                    "mailbox=%s: UIDVALIDITY changed from %d to %d: all is read again", name, cursor[0], box.uidvalidity
                )
            self._store.reset_cursor(name, box.uidvalidity)
        shown = box.all_uids()
        waiting = self._store.unaccounted(name, box.uidvalidity, shown)
        self._store.set_mailbox(name, server_uids=len(shown), unaccounted=len(waiting))
        return waiting

    def _catch_up(self, box: Mailbox, waiting: list[int]) -> int:
        """Takes all that waits, batch by batch. Returns the highest UID that is done with."""
        cursor = self._store.cursor(self._settings.name)
        highest = cursor[1] if cursor and cursor[0] == box.uidvalidity else 0
        done = 0
        while done < len(waiting) and not self._stopping.is_set():
            done += self._intake.take(box, waiting[done : done + 1000])
            highest = max(highest, waiting[done - 1])
            self._committed()
        if waiting:
            self._store.set_mailbox(self._settings.name, last_message_at=self._clock())
        return highest

    def _connected(self, backoff: Backoff) -> None:
        backoff.reset()
        if self.failure:
            log.warning("mailbox=%s: connected again", self._settings.name)
        self.failure = None
        self._report(state="connected")

    def _failed(self, fault: Exception) -> None:
        """States a fault once; the same one again is silent until it changes."""
        if str(fault) != self.failure:
            log.error(
                "mailbox=%s: %s; trying again with growing pauses, other mailboxes go on", self._settings.name, fault
            )
        self.failure = str(fault)
        self._report(state="failed")

    def _looked(self, box: Mailbox) -> None:
        """All that was there is taken: say so, with the server's count and ours."""
        self.caught_up.set()
        idles = box.can_idle and self._settings.imap.idle
        self._report(state="idle" if idles else "polling", last_check_at=self._clock(), idle_since=box.idle_since)

    def _report(self, **state: Unpack[MailboxState]) -> None:
        try:
            state["last_error"] = self.failure
            self._store.set_mailbox(self._settings.name, **state)
        except StoreUnavailable as fault:
            log.error("mailbox=%s: its state could not be recorded: %s", self._settings.name, fault)

    def _drain_wakes(self) -> None:
        self._wake_read.setblocking(False)
        try:
            while self._wake_read.recv(64):
                pass
        except BlockingIOError:
            return
