"""The outbox's loop: claim → send → record.

Each SMTP connection sends one mail and waits until its result is committed before it takes the next: if the process dies,
at most one mail a connection has an unknown fate, and that one is sent again with the same bytes and Message-ID.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from router.store.database import Store, StoreUnavailable
from router.store.outbox import Outgoing, Result
from router.wire.faults import Refused, Unreachable
from router.wire.smtp import Answer, Connection, SmtpSettings

log = logging.getLogger("hero.delivery")

CLAIM = 50  # mails claimed at once
LEASE = 1200.0  # seconds after which a dead process's claims are free again; far more than one mail can take
SWEEP = 3.0  # seconds: how often the outbox is looked at when nobody wakes us
STORE_PAUSE = 1.0  # seconds between tries to write to a database that can't be used now
STORE_TRIES = 30  # of a single pass; the daemon tries for ever
GIVE_UP = timedelta(days=5)
TRIES = 12  # at least, before a mail is given up: one that was held for a week meets a greylisting server first
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
SERVER_PAUSES = (1, 2, 5, 15, 30, 60, 120, 300)  # seconds between tries to reach a server that does not answer


def pause_after(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: one minute, doubling, at most four hours (design.md, 2.3)."""
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE) if attempts > 0 else timedelta(0)


def result_of(mail: Outgoing, answer: Answer, now: datetime) -> Result:
    """What the server's answer means for the outbox row: sent, dead, or failed with the time of the next attempt."""
    attempts = mail.attempts + 1
    if answer.state == "sent":
        return Result(mail.id, "sent", answer.code, answer.text, None, now)
    if answer.state == "dead":
        return Result(mail.id, "dead", answer.code, answer.text, None, now)
    if now - mail.created_at > GIVE_UP and attempts >= TRIES:
        return Result(mail.id, "dead", answer.code, f"given up after {GIVE_UP.days} days: {answer.text}", None, now)
    return Result(mail.id, "failed", answer.code, answer.text, now + pause_after(attempts), now)


@dataclass
class ServerState:
    """Whether the SMTP server answers: the fault in words (None = it does) and how many tries failed in a row."""

    fault: str | None = None
    failures: int = 0


class Delivery:
    """Sends what the outbox holds. Lives in one asyncio loop; `wake` may be called from any thread.

    `mourn` is called in a thread of its own for each mail that is given up, after that is recorded.
    """

    def __init__(
        self,
        store: Store,
        smtp: SmtpSettings,
        clock: Callable[[], datetime],
        owner: str,
        mourn: Callable[[Outgoing, Result], None] = lambda mail, result: None,
    ) -> None:
        self.server = ServerState()
        self.store_fault: str | None = None
        self.owner = owner
        self._store = store
        self._clock = clock
        self._mourn = mourn
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = self._single = False
        self._connections = [Connection(smtp) for _ in range(max(1, smtp.connections))]
        self._results: list[tuple[Result, asyncio.Future[None]]] = []
        self._settling: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something was committed: look at the outbox now. Thread-safe."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    def stop(self) -> None:
        """Finish the mails in hand, then return from `run`. Thread-safe."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Sends until `stop`. Faults of the database or the server are stated once and waited out."""
        self._loop = asyncio.get_running_loop()
        try:
            while not self._stopping:
                if not await self._guarded_step():
                    await self._rest()
        finally:
            await self._closed()

    async def drain(self) -> None:
        """Sends what is due now, then returns: `run --once`. A server that does not answer ends it, and so does `stop`.
        Raises StoreUnavailable."""
        self._loop = asyncio.get_running_loop()
        self._single = True
        try:
            while not self._stopping and await self.step():
                pass
        finally:
            await self._closed()

    async def _closed(self) -> None:
        """Results that wait for their commit get it, then the connections are closed."""
        if self._settling and not self._settling.done():
            await asyncio.wait([self._settling], timeout=STORE_PAUSE)
        await asyncio.gather(*(connection.close() for connection in self._connections))

    async def _guarded_step(self) -> bool:
        try:
            return await self.step()
        except StoreUnavailable as fault:
            self._store_fails(fault)
        except Exception:  # ours: the other mails must not wait for its repair
            log.exception("outbox: unexpected fault; trying again")
        await self._pause(SWEEP)
        return False

    async def _rest(self) -> None:
        """Waits for a wake-up, for the next sweep, or for the pause that an unreachable server asks for."""
        if self.server.fault:
            await self._pause(SERVER_PAUSES[min(self.server.failures, len(SERVER_PAUSES)) - 1])
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), SWEEP)
        self._wake.clear()

    async def _pause(self, seconds: float) -> None:
        """Sleeps, unless told to stop."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._stopping and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, 0.5))

    async def step(self) -> bool:
        """Claims what is due and sends it. Returns whether there was anything to do. While the server does not answer,
        one mail asks whether it does again. Raises StoreUnavailable."""
        asks = self.server.fault is not None
        claimed = await asyncio.to_thread(self._store.claim, self.owner, 1 if asks else CLAIM, self._clock(), LEASE)
        self._store_answers()
        if not claimed:
            return False
        until = asyncio.get_running_loop().time() + LEASE / 2
        queue = deque(claimed)  # claimed mails may leave side by side: the store keeps the order within a conversation
        if asks:
            await self._deliver(self._connections[0], queue.popleft())
        await asyncio.gather(*(self._worker(connection, queue, until) for connection in self._connections))
        await self._give_back(queue)
        return self.server.fault is None

    async def _worker(self, connection: Connection, queue: deque[Outgoing], until: float) -> None:
        """Sends from the queue while the claim surely holds: what is left at `until` (loop time) is given back."""
        clock = asyncio.get_running_loop().time
        while queue and not self._stopping and self.server.fault is None and clock() < until:
            await self._deliver(connection, queue.popleft())

    async def _deliver(self, connection: Connection, mail: Outgoing) -> None:
        """One mail, and its result committed. Without a session the mail was not touched: it is given back."""
        try:
            answer = await connection.send(mail.envelope_sender, mail.recipient, mail.content)
        except (Unreachable, Refused) as fault:
            self._server_fails(str(fault))
            await self._give_back([mail])
            return
        except Exception as fault:  # ours, about this mail: it is tried again by its own schedule, the others go on
            log.exception("ticket=%s outbox=%d: unexpected fault", mail.ticket, mail.id)
            answer = Answer("failed", None, f"{type(fault).__name__}: {fault}")
        else:
            self._server_answers()
        result = result_of(mail, answer, self._clock())
        level = logging.INFO if result.state == "sent" else logging.WARNING
        log.log(
            level, "ticket=%s outbox=%d kind=%s state=%s attempts=%d code=%s answer=%r",
            mail.ticket, mail.id, mail.kind, result.state, mail.attempts + 1, answer.code, answer.text[:200],
        )  # fmt: skip
        await self._settled(result)
        if result.state == "dead":
            await asyncio.to_thread(self._mourn, mail, result)

    async def _give_back(self, mails: Collection[Outgoing]) -> None:
        """Frees claimed mails that were not tried."""
        if mails:
            ids = [mail.id for mail in mails]
            await self._surely(lambda: asyncio.to_thread(self._store.give_back, ids, self._clock()))

    async def _surely(self, write: Callable[[], Awaitable[None]]) -> None:
        """Tries until the database takes it: a result that is forgotten would be a mail sent twice."""
        for tried in count(1):
            try:
                await write()
            except StoreUnavailable as fault:
                self._store_fails(fault)
                if self._single and tried >= STORE_TRIES:
                    raise
                await asyncio.sleep(STORE_PAUSE)
            else:
                self._store_answers()
                return

    def _store_fails(self, fault: StoreUnavailable) -> None:
        """States it once; the same one again is silent until it is over."""
        if self.store_fault is None:
            log.error("outbox: %s; trying again until it works", fault)
        self.store_fault = str(fault)

    def _store_answers(self) -> None:
        if self.store_fault:
            log.warning("outbox: the database works again")
        self.store_fault = None

    def _server_fails(self, reason: str) -> None:
        self.server.failures += 1
        if self.server.fault is None:
            log.error("smtp: %s; mail stays in the outbox and is tried again with growing pauses", reason)
        self.server.fault = reason

    def _server_answers(self) -> None:
        if self.server.fault:
            log.warning("smtp: answers again after %d failed tries", self.server.failures)
        self.server = ServerState()

    async def _settled(self, result: Result) -> None:
        """Returns when the result is committed. Results of several connections share one transaction."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._results.append((result, done))
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._settle())
        await done

    async def _settle(self) -> None:
        await asyncio.sleep(0)  # lets the other connections, if they are ready too, join this transaction
        while self._results:
            batch, self._results = self._results, []
            results = [result for result, _ in batch]
            try:
                await self._surely(partial(asyncio.to_thread, self._store.settle, results))
            except Exception as fault:  # handed to those who wait, each of whom must know
                for _, done in batch:
                    if not done.done():
                        done.set_exception(fault)
                continue
            for _, done in batch:
                if not done.done():
                    done.set_result(None)
