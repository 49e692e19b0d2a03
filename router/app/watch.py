"""A mailbox's thread: connect → catch up in batches → wait (IDLE or poll) → again; on any fault close, pause, connect again.

IDLE is a hint, never the truth: each wake-up and each slice ends in a search for what we have no outcome for.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Unpack

from router.app.assemble import imap_settings
from router.app.backoff import Backoff
from router.app.intake import Intake
from router.app.settings import Mailbox as MailboxSettings
from router.store.database import Store, StoreUnavailable
from router.store.mailbox import MailboxState
from router.wire.faults import Fault, Refused
from router.wire.imap import Mailbox

log = logging.getLogger("hero.mailbox")

SLICE = 240.0  # seconds of IDLE at most before the server is asked again
RECONCILE = 900.0  # seconds between two looks at all UIDs, not only the new ones
LEASE = 25.0  # seconds for which a mailbox is ours without a sign of life; the heartbeat renews it
OCCUPIED_PAUSE = 5.0  # seconds between two looks whether the process that has the mailbox is gone
ADOPTED = 'lay there before the router began to watch (start = "new")'


class Occupied(Exception):  # noqa: N818  # it says what is so, not whose error
    """Another process watches this mailbox."""

    def __init__(self) -> None:
        super().__init__("another hero-router has this mailbox; taking over as soon as that one ends")


class Watch(threading.Thread):
    """Keeps one mailbox watched until told to stop. `committed` is called after each batch (the outbox has work).

    `owner` names this process: of all that share the database, only one at a time has a mailbox. With `single` the thread
    ends after one look. For others to read: `failure` (None: all is well), `missing` (UIDs that the server shows and that
    have no outcome though they were tried), `looked_at` (the last time when something was taken, or
    there was nothing), `waits` (nothing is in hand).
    """

    def __init__(
        self,
        settings: MailboxSettings,
        intake: Intake,
        store: Store,
        clock: Callable[[], datetime],
        committed: Callable[[], None],
        owner: str,
    ) -> None:
        super().__init__(name=f"mailbox-{settings.name}", daemon=True)
        self.mailbox = settings.name
        self.failure: str | None = None
        self.missing: frozenset[int] = frozenset()
        self.looked_at: datetime | None = None
        self.waits = True
        self.single = False
        self._settings = settings
        self._intake = intake
        self._store = store
        self._clock = clock
        self._committed = committed
        self._owner = owner
        self._held_until = 0.0
        self._shown = 0
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
            log.debug("mailbox=%s: already closed", self.mailbox)

    @property
    def held(self) -> bool:
        """Is the mailbox ours? What another process watches is told of by that one."""
        return self._held_until > 0

    def renew(self) -> None:
        """Keeps the mailbox ours. Thread-safe; raises StoreUnavailable."""
        if self.held:
            self._hold()

    def run(self) -> None:
        backoff = Backoff()
        while not self._stopping.is_set():
            pause = self._round(backoff)
            if self.single:
                break
            self._stopping.wait(pause)
        self._release()

    def _round(self, backoff: Backoff) -> float:
        """One connection from beginning to end. Returns how long to wait before the next (seconds)."""
        box = Mailbox(imap_settings(self._settings))
        try:
            if not self._hold():
                raise Occupied
            box.connect()
            self._report(state="connected")
            self._serve(box, backoff)
        except Occupied as fault:
            self._failed(fault)
            return OCCUPIED_PAUSE
        except (Fault, StoreUnavailable) as fault:
            self._failed(fault)
            return backoff.next(slowly=isinstance(fault, Refused))
        except Exception as fault:  # one round of one mailbox: ours, with a traceback; the others go on
            self._failed(fault, traceback=True)
            return backoff.next(slowly=True)
        finally:
            self.waits = True
            box.close()
        return 0.0

    def _serve(self, box: Mailbox, backoff: Backoff) -> None:
        waiting = self._reconciled(box)
        due = time.monotonic() + RECONCILE
        while not self._stopping.is_set():
            highest = self._catch_up(box, waiting)
            self._looked(box)
            backoff.reset()
            if self.single:
                return
            seconds = SLICE if box.can_idle and self._settings.imap.idle else self._settings.imap.poll_seconds
            box.wait(self._wake_read, seconds)
            self._drain_wakes()
            if self._stopping.is_set():
                return
            self._keep()
            if time.monotonic() >= due:
                waiting = self._reconciled(box)
                due = time.monotonic() + RECONCILE
            else:
                waiting = box.uids_after(highest)

    # -- whose mailbox it is ------------------------------------------------------------------------------------------

    def _hold(self) -> bool:
        """Takes or keeps the mailbox for this process; False: another one has it. Raises StoreUnavailable."""
        until = time.monotonic() + LEASE
        held = self._store.take_lease(f"mailbox:{self.mailbox}", self._owner, self._clock(), LEASE)
        self._held_until = until if held else 0.0
        return held

    def _keep(self) -> None:
        """Nothing is begun on a mailbox that another process may have taken meanwhile."""
        if time.monotonic() > self._held_until - LEASE / 2 and not self._hold():
            raise Occupied

    def _release(self) -> None:
        if not self.held:
            return
        if not (self.single and self.failure):
            self._report(state="done" if self.single else "stopped")
        try:
            self._store.give_lease(f"mailbox:{self.mailbox}", self._owner)
        except StoreUnavailable as fault:
            log.error("mailbox=%s: could not be given back: %s", self.mailbox, fault)
        self._held_until = 0.0

    # -- what is there ------------------------------------------------------------------------------------------------

    def _reconciled(self, box: Mailbox) -> list[int]:
        """What the server shows and we have no outcome for; a new UIDVALIDITY begins a new count (RFC 3501, 2.3.1.1)."""
        shown = box.all_uids()
        self._begin(box, shown)
        waiting = self._store.unaccounted(self.mailbox, box.uidvalidity, shown)
        self._shown = len(shown)
        self._store.set_mailbox(self.mailbox, server_uids=len(shown), unaccounted=len(waiting))
        self._tidy(box, shown)
        self.missing = frozenset()
        return waiting

    def _begin(self, box: Mailbox, shown: list[int]) -> None:
        """The first look ever, or the first under a new UIDVALIDITY."""
        cursor = self._store.cursor(self.mailbox)
        if cursor and cursor[0] == box.uidvalidity:
            return
        old: list[int] = []
        if cursor:
            changed = "mailbox=%s: UIDVALIDITY changed from %d to %d: all is read again"
            log.warning(changed, self.mailbox, cursor[0], box.uidvalidity)
        if self._settings.imap.start == "new":
            since = self._store.first_seen(self.mailbox)
            old = shown if cursor is None else box.uids_before(since.date()) if since else []
            log.info("mailbox=%s: %d messages that were there before are left alone", self.mailbox, len(old))
        self._store.adopt(self.mailbox, box.uidvalidity, old, ADOPTED, self._clock())

    def _tidy(self, box: Mailbox, shown: list[int]) -> None:
        """Moves what an earlier process committed and could not move any more."""
        if outcomes := self._intake.moves:
            left = self._store.settled(self.mailbox, box.uidvalidity, shown, outcomes)
            self._intake.settle(box, left)

    def _catch_up(self, box: Mailbox, waiting: list[int]) -> int:
        """Takes all that waits, batch by batch. Returns the highest UID that is done with."""
        self.waits = False
        cursor = self._store.cursor(self.mailbox)
        highest = cursor[1] if cursor and cursor[0] == box.uidvalidity else 0
        done = 0
        while done < len(waiting) and not self._stopping.is_set():
            self._keep()
            done += self._intake.take(box, waiting[done : done + 1000])
            highest = max(highest, waiting[done - 1])
            self.looked_at = self._clock()
            self._committed()
        if waiting:
            self._count(box, waiting)
        self.waits = True
        return highest

    def _count(self, box: Mailbox, tried: list[int]) -> None:
        """What `status` says of the mailbox after those UIDs were tried."""
        missing = set(self._store.unaccounted(self.mailbox, box.uidvalidity, tried))
        self._shown += len(tried)
        if missing or self._intake.moves:
            shown = box.all_uids()
            missing &= set(shown)  # some vanish before they are fetched
            self._shown = len(shown)
        self.missing |= missing
        self._store.set_mailbox(
            self.mailbox, server_uids=self._shown, unaccounted=len(self.missing), last_message_at=self._clock()
        )

    # -- what is told -------------------------------------------------------------------------------------------------

    def _failed(self, fault: Exception, *, traceback: bool = False) -> None:
        """States a fault once; the same one again is silent until it changes or is over."""
        text = str(fault) or type(fault).__name__
        if text != self.failure:
            log.error(
                "mailbox=%s: %s; trying again with growing pauses, other mailboxes go on", self.mailbox, text,
                exc_info=fault if traceback else None,
            )  # fmt: skip
        self.failure = text
        if self.held:
            self._report(state="failed")

    def _looked(self, box: Mailbox) -> None:
        """All that was there is taken: only now a fault is over."""
        if self.failure:
            log.warning("mailbox=%s: works again", self.mailbox)
        self.failure = None
        self.looked_at = self._clock()
        idles = box.can_idle and self._settings.imap.idle
        since = box.idle_since or (self.looked_at if idles else None)
        self._report(state="idle" if idles else "polling", last_check_at=self.looked_at, idle_since=since)

    def _report(self, **state: Unpack[MailboxState]) -> None:
        try:
            state["last_error"] = self.failure
            self._store.set_mailbox(self.mailbox, **state)
        except StoreUnavailable as fault:
            log.debug("mailbox=%s: its state could not be recorded: %s", self.mailbox, fault)  # its own round says so

    def _drain_wakes(self) -> None:
        self._wake_read.setblocking(False)
        try:
            while self._wake_read.recv(64):
                pass
        except BlockingIOError:
            return
