"""The daemon: a thread a mailbox, one asyncio loop for delivery and the clock, and the way they start and stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from router.app.assemble import smtp_settings
from router.app.delivery import Delivery
from router.app.intake import BatchLimits, Intake
from router.app.judge import Judge
from router.app.notify import notify
from router.app.rules import InForce
from router.app.settings import Mailbox, Settings
from router.app.stages import Stages
from router.app.watch import Watch
from router.store.database import Store, StoreUnavailable
from router.store.status import Daemon as Heartbeat
from router.wire.faults import Fault

log = logging.getLogger("hero.daemon")

SILENT = 60.0  # seconds without a sign of life after which a daemon elsewhere counts as dead
BEAT = 10  # seconds between two signs of life in the database and to systemd
STOP_WITHIN = 9.0  # seconds that the mailboxes' threads get to finish the batch in hand

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
        self.delivery = Delivery(store, smtp_settings(settings.smtp), clock, self.owner)
        self.watches = [self._watch(mailbox) for mailbox in settings.mailboxes]

    def _watch(self, mailbox: Mailbox) -> Watch:
        limits = self._settings.limits
        batch = BatchLimits(limits.batch_messages, limits.batch_bytes, limits.message_bytes)
        folders = (mailbox.imap.done_folder, mailbox.imap.failed_folder)
        zone = self._settings.service.zone
        intake = Intake(mailbox.name, self._store, self._stages, zone, self._clock, batch, folders)
        return Watch(mailbox, intake, self._store, self._clock, self.delivery.wake)

    async def run(self) -> None:
        """Runs until SIGTERM or SIGINT; SIGHUP reloads rules and templates. Returns when all is finished cleanly."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        self._take_over()
        for watch in self.watches:
            watch.start()
        clock = self._scheduler()
        clock.start()
        delivering = asyncio.create_task(self._deliver())
        notify("READY=1")
        log.info("running mailboxes=%d rules=%s", len(self.watches), self._rules.policy.book.version)
        try:
            await self._stopping.wait()
        finally:
            notify("STOPPING=1")
            clock.shutdown(wait=False)
            await self._finish(delivering)

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

    async def once(self) -> list[str]:
        """Handles what is in the mailboxes now and what is due in the outbox, then returns the faults met, if any."""
        self._take_over()
        faults = [fault for watch in self.watches if (fault := await asyncio.to_thread(_once, watch))]
        if self._settings.service.mode == "live":
            await self.delivery.drain()
        if self.delivery.server.fault:
            faults.append(self.delivery.server.fault)
        self._store.farewell(self.owner)
        return faults

    async def _finish(self, delivering: asyncio.Task[None]) -> None:
        for watch in self.watches:
            watch.stop()
        self.delivery.stop()
        deadline = asyncio.get_running_loop().time() + STOP_WITHIN
        for watch in self.watches:
            left = max(0.1, deadline - asyncio.get_running_loop().time())
            await asyncio.to_thread(watch.join, left)
        try:
            async with asyncio.timeout_at(deadline):
                await delivering
        except TimeoutError:
            log.warning("outbox: a mail was still on its way; it is claimed again at the next start")
        self._store.farewell(self.owner)
        log.info("stopped")

    def _take_over(self) -> None:
        """What a daemon that died had claimed is free again; say that we are here."""
        for owner in dead_owners(self._store.status()["daemons"], self._clock()):
            freed = self._store.release(owner, self._clock())
            self._store.farewell(owner)
            log.warning("took over %d mails that %s had claimed", freed, owner)
        self._beat()

    def _scheduler(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone=self._settings.service.zone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60},
        )
        scheduler.add_job(self._beat, "interval", seconds=BEAT)
        return scheduler

    def _beat(self) -> None:
        rules = self._rules
        version = rules.policy.book.version
        heartbeat = Heartbeat(
            self.owner, os.getpid(), self._started_at, self._settings.service.mode, version, rules.loaded_at,
            tuple(str(problem) for problem in rules.problems),
        )  # fmt: skip
        try:
            self._store.beat(heartbeat, self._clock())
            self._state_problems()
        except StoreUnavailable as fault:
            log.error("the heartbeat could not be recorded: %s", fault)
            return
        if all(watch.is_alive() for watch in self.watches):
            notify("WATCHDOG=1")

    def _state_problems(self) -> None:
        """What `status` shows under problems: faults of mailboxes and of the SMTP server, and when they began."""
        now = self._clock()
        for watch in self.watches:
            self._store.set_problem(f"mailbox:{watch.mailbox}", watch.failure, now)
        self._store.set_problem("smtp", self.delivery.server.fault, now)

    def _reload(self) -> None:
        if self._rules.reload(self._clock()) and isinstance(self._stages, Judge):
            self._stages.reload()
        self._beat()


def own_name(started_at: datetime) -> str:
    """This process among all that share the database, also after its pid is given to another: host, pid, start."""
    return f"{socket.gethostname()}|{os.getpid()}|{started_at.timestamp():.3f}"


def dead_owners(daemons: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """The daemons that can't be alive: of this host with a pid that is nobody's (or ours, as in a container that was
    started anew), or without a sign of life for `SILENT` seconds."""
    found = []
    for daemon in daemons:
        here = daemon["owner"].startswith(f"{socket.gethostname()}|")
        gone = here and (daemon["pid"] == os.getpid() or not _is_alive(daemon["pid"]))
        silent = (now - datetime.fromisoformat(daemon["beat_at"])).total_seconds() > SILENT
        if gone or silent:
            found.append(str(daemon["owner"]))
    return found


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _once(watch: Watch) -> str | None:
    try:
        watch.once()
    except (Fault, StoreUnavailable) as fault:
        log.error("mailbox=%s: %s", watch.mailbox, fault)
        return str(fault)
    return None


def start(settings: Settings, store: Store, rules: InForce, judge: Judge, *, once: bool) -> list[str]:
    """Runs the daemon in a loop of its own; with `once` a single pass. Returns the faults of that pass, else []."""

    async def main() -> list[str]:
        daemon = Daemon(settings, store, rules, judge)
        if once:
            return await daemon.once()
        await daemon.run()
        return []

    return asyncio.run(main())
