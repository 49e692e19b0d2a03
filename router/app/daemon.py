"""The daemon: a thread a mailbox, one asyncio loop for delivery and the clock, and the way they start and stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Semaphore
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from router.app.assemble import smtp_settings
from router.app.delivery import Delivery
from router.app.intake import IN_HAND, BatchLimits, Intake
from router.app.judge import Judge
from router.app.notify import notify
from router.app.operators import Operators
from router.app.rules import InForce
from router.app.rules_watch import RulesWatch
from router.app.settings import Mailbox, Settings
from router.app.stages import Stages
from router.app.watch import Watch
from router.rulebook.problem import Problem
from router.store.database import Store, StoreUnavailable
from router.store.status import Daemon as Heartbeat

log = logging.getLogger("hero.daemon")

SILENT = 25.0  # seconds without a sign of life after which a daemon on another machine counts as dead
STUCK = 600.0  # the same on this machine, where its process still is: a pid may be given to another program
BEAT = 10  # seconds between two signs of life in the database and to systemd
STOP_WITHIN = 8.0  # seconds that threads and connections get to finish what is in hand
LOGOUT_WITHIN = 2.0  # seconds for a thread that has nothing in hand; one that still connects is left behind
UNSEEN = timedelta(minutes=15)  # so long without a successful look at a mailbox is an alarm, whatever the cause

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class Daemon:
    """Everything that runs between start and stop. `store` has a current schema; `rules` are loaded."""

    def __init__(
        self, settings: Settings, store: Store, rules: InForce, stages: Stages | Judge, clock: Clock = utc_now
    ) -> None:
        self.owner = own_name(clock())
        self._settings = settings
        self._store = store
        self._rules = rules
        self._clock = clock
        self._started_at = clock()
        self._stopping = asyncio.Event()
        self._stages = stages
        self._kept = ""  # the rule set that the store has as the one in force
        self._turns = Semaphore(IN_HAND)
        language = settings.service.language
        self.operators = Operators(store, lambda: rules.policy, language, clock, lambda: self.delivery.wake())
        self.delivery = Delivery(store, smtp_settings(settings.smtp), clock, self.owner, self.operators.dead)
        self._rules_watch = RulesWatch(rules, clock, self._rules_taken, self._rules_refused)
        self.watches = [self._watch(mailbox) for mailbox in settings.mailboxes]

    def _watch(self, mailbox: Mailbox) -> Watch:
        limits = self._settings.limits
        batch = BatchLimits(limits.batch_messages, limits.batch_bytes, limits.message_bytes)
        folders = (mailbox.imap.done_folder, mailbox.imap.failed_folder)
        zone = self._settings.service.zone
        intake = Intake(
            mailbox.name, self._store, self._stages, zone, self._clock, batch, folders, self._turns,
            self.operators.committed,
        )  # fmt: skip
        return Watch(mailbox, intake, self._store, self._clock, self.delivery.wake, self.owner)

    async def run(self) -> None:
        """Runs until SIGTERM or SIGINT; SIGHUP, or a changed file, reloads rules and templates. Returns when all is
        finished cleanly."""
        self._begin()
        self._rules_watch.start()
        clock = self._scheduler()
        delivering = asyncio.create_task(self._deliver())
        notify("READY=1")
        log.info("running mailboxes=%d rules=%s", len(self.watches), self._rules.policy.book.version)
        try:
            await self._stopping.wait()
        finally:
            await self._finish(clock, delivering)

    async def once(self) -> list[str]:
        """Handles what is in the mailboxes now and what is due in the outbox, then returns the faults met, if any.
        SIGTERM ends it as it ends `run`."""
        for watch in self.watches:
            watch.single = True
        self._begin()
        clock = self._scheduler()
        draining = asyncio.create_task(self._drain())
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((draining, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            await self._finish(clock, draining)
        faults = [watch.failure for watch in self.watches] + [self.delivery.server.fault]
        return [] if self._stopping.is_set() else [fault for fault in faults if fault]

    def _begin(self) -> None:
        """Signals, what a dead daemon left, and the mailboxes' threads."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._rules_watch.ask)
        self._take_over()
        self._beat()
        for watch in self.watches:
            watch.start()

    async def _drain(self) -> None:
        """All mailboxes, then the outbox."""
        while not self._stopping.is_set() and any(watch.is_alive() for watch in self.watches):
            await asyncio.sleep(0.05)
        if self._settings.service.mode == "live" and not self._stopping.is_set():
            await self.delivery.drain()

    async def _deliver(self) -> None:
        """Delivery, unless this is a shadow of another help desk: then everything is decided and nothing is sent."""
        if self._settings.service.mode == "live":
            await self.delivery.run()
        else:
            await self._stopping.wait()

    def stop(self) -> None:
        """Finish what is in hand and return from `run`. To be called in the daemon's loop."""
        if not self._stopping.is_set():
            log.info("stopping: finishing what is in hand")
        self._stopping.set()

    async def _finish(self, clock: AsyncIOScheduler, delivering: asyncio.Task[None]) -> None:
        """Ends all within STOP_WITHIN seconds; what isn't finished then is found again at the next start."""
        notify("STOPPING=1")
        clock.shutdown(wait=False)
        for watch in self.watches:
            watch.stop()
        self._rules_watch.stop()
        self.delivery.stop()
        deadline = asyncio.get_running_loop().time() + STOP_WITHIN
        try:
            async with asyncio.timeout_at(deadline):
                await delivering
        except TimeoutError:
            log.warning("outbox: a mail was still on its way; it is tried again at the next start")
        finally:
            for watch in self.watches:
                left = deadline - asyncio.get_running_loop().time()
                await asyncio.to_thread(watch.join, max(0.1, min(left, LOGOUT_WITHIN) if watch.waits else left))
            with suppress(StoreUnavailable):  # then the next start finds us dead
                self._bury(self.owner)
            log.info("stopped")

    def _take_over(self) -> None:
        """What daemons that died had claimed is free again: mails and mailboxes."""
        others = [one for one in self._store.status()["daemons"] if one["owner"] != self.owner]
        for owner in dead_owners(others, self._clock()):
            freed = self._bury(owner)
            log.warning("took over from %s, which died: %d mails", owner, freed)

    def _bury(self, owner: str) -> int:
        """Nothing is that owner's any more. Returns how many mails were."""
        freed = self._store.release(owner, self._clock())
        for watch in self.watches:
            self._store.give_lease(f"mailbox:{watch.mailbox}", owner)
        self._store.farewell(owner)
        return freed

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone=self._settings.service.zone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60},
        )
        scheduler.add_job(self._tick, "interval", seconds=BEAT)
        scheduler.start()
        return scheduler

    def _tick(self) -> None:
        """Each few seconds, in a thread of its own: alive, still ours, and what others left when they died."""
        if all(watch.is_alive() for watch in self.watches):
            notify("WATCHDOG=1")
        if self._stopping.is_set():
            return
        try:
            self._beat()
            for watch in self.watches:
                watch.renew()
            self._take_over()
        except StoreUnavailable as fault:
            log.error("the heartbeat could not be recorded: %s", fault)

    def _beat(self) -> None:
        rules = self._rules
        version = rules.policy.book.version
        if version != self._kept:
            self._store.keep_rules(version, rules.policy.book.texts, self._clock())
            self._kept = version
        heartbeat = Heartbeat(
            self.owner, os.getpid(), self._started_at, self._settings.service.mode, version, rules.loaded_at,
            tuple(str(problem) for problem in rules.problems),
        )  # fmt: skip
        self._store.beat(heartbeat, self._clock())
        self._state_problems()

    def _state_problems(self) -> None:
        """What `status` shows under problems: faults of mailboxes and of the SMTP server, and when they began."""
        now = self._clock()
        for watch in self.watches:
            if watch.held:
                self._store.set_problem(f"mailbox:{watch.mailbox}", watch.failure, now)
                self._store.set_problem(f"unaccounted:{watch.mailbox}", _missing(watch.missing), now)
                self._store.set_problem(f"silent:{watch.mailbox}", self._silence(watch, now), now)
        self._store.set_problem("smtp", self.delivery.server.fault, now)
        self._store.set_problem("rules", self._rules.fault, now)

    def _silence(self, watch: Watch, now: datetime) -> str | None:
        """Silence is an alarm (design.md, 2.12)."""
        seen = watch.looked_at or self._started_at
        return f"no successful look at the mailbox since {seen:%Y-%m-%d %H:%M} UTC" if now - seen > UNSEEN else None

    def _rules_taken(self) -> None:
        """In the thread that watches the rules: what was accepted there is what the judge goes by."""
        if isinstance(self._stages, Judge):
            self._stages.adopt()
        self._tell_rules()

    def _rules_refused(self, problems: Sequence[Problem]) -> None:
        self._tell_rules()
        self.operators.rules(problems)

    def _tell_rules(self) -> None:
        """`status` shows the set in force at once."""
        if self._stopping.is_set():
            return
        try:
            self._beat()
        except StoreUnavailable as fault:
            log.error("the heartbeat could not be recorded: %s", fault)


def own_name(started_at: datetime) -> str:
    """This process among all that share the database, also after its pid is given to another: host, pid, start."""
    return f"{socket.gethostname()}|{os.getpid()}|{started_at.timestamp():.3f}"


def dead_owners(daemons: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """Of other daemons, those that can't be alive: of this host with a pid that is nobody's (or ours, as in a container
    that was started anew), or without a sign of life for `SILENT` seconds (`STUCK` where its process still is)."""
    found = []
    for daemon in daemons:
        here = daemon["owner"].startswith(f"{socket.gethostname()}|")
        gone = here and (daemon["pid"] == os.getpid() or not _is_alive(daemon["pid"]))
        silent = (now - datetime.fromisoformat(daemon["beat_at"])).total_seconds()
        if gone or silent > (STUCK if here else SILENT):
            found.append(str(daemon["owner"]))
    return found


def _missing(uids: Collection[int]) -> str | None:
    shown = ", ".join(map(str, sorted(uids)[:10]))
    return f"{len(uids)} messages on the server have no outcome: UID {shown}" if uids else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def start(settings: Settings, store: Store, rules: InForce, judge: Judge, *, once: bool) -> list[str]:
    """Runs the daemon in a loop of its own; with `once` a single pass. Returns the faults of that pass, else []."""

    async def main() -> list[str]:
        daemon = Daemon(settings, store, rules, judge)
        if once:
            return await daemon.once()
        await daemon.run()
        return []

    return asyncio.run(main())
