"""The pure stages in a process of their own: they use the second core, and a message that hangs or crashes them costs
itself, not the service.

The first process is forked before any thread runs, so it is there at once and shares the loaded rules; one that had to be
killed is followed by a fresh one. What a dead process knew is read again; the message that killed it is set aside. Rules
are loaded once, in the main process: this one is given the policy that was accepted there.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from multiprocessing.connection import Connection
from typing import Any

from router.app.rules import InForce
from router.app.stages import Asked, Fetched, Known, Stages, opens_ticket, quarantined
from router.desk.policy import Policy
from router.store.rows import Entry

log = logging.getLogger("hero.judge")

BATCH_SECONDS = 60.0  # for a batch; after that its messages are tried one by one
MESSAGE_SECONDS = 20.0  # for one message by itself; after that it is quarantined
START_SECONDS = 60.0  # for a fresh process to be there
READY = "ready"
MEMORY_BYTES = 3 * 2**30  # address space that the process may have: beyond it Python raises MemoryError


class DiedError(Exception):
    """The process did not answer in time, or is gone."""


class Judge:
    """As `Stages`, in another process. Any thread may call; calls wait for each other."""

    def __init__(self, rules: InForce) -> None:
        self._rules = rules
        self._here = Stages(lambda: rules.policy)
        self._lock = threading.Lock()
        self._items: dict[str, tuple[Fetched, ...]] = {}
        self._pipe: Connection | None = None
        self._process: Any = None
        self._start("fork")

    # -- the stages ---------------------------------------------------------------------------------------------------

    def read(self, batch: str, fetched: Sequence[Fetched]) -> list[Asked | Entry]:
        """As `Stages.read`; what kills the process is an entry for quarantine."""
        self._items[batch] = tuple(fetched)
        try:
            return list(self._call("read", BATCH_SECONDS, batch, fetched))
        except DiedError:
            return [self._read_one(batch, place) for place in range(len(fetched))]

    def plan(
        self, batch: str, mailbox: str, known: Sequence[Known], numbers: Sequence[str], now: datetime
    ) -> list[Entry]:
        """As `Stages.plan`; what kills the process is an entry for quarantine."""
        try:
            return list(self._call("plan", BATCH_SECONDS, batch, mailbox, known, numbers, now))
        except (DiedError, KeyError):
            return self._plan_singly(batch, mailbox, known, list(numbers), now)

    def forget(self, batch: str) -> None:
        """The batch is done with."""
        self._items.pop(batch, None)
        try:
            self._call("forget", MESSAGE_SECONDS, batch)
        except DiedError:
            return

    def adopt(self) -> None:
        """Judge by the policy that is in force now: the process gets that very one, whatever the files say meanwhile."""
        with self._lock:
            if self._pipe is None:
                self._start("spawn")
                return
        try:
            self._call("adopt", BATCH_SECONDS, self._rules.policy)
        except DiedError:
            return  # the process that follows got it when it was started

    @property
    def pid(self) -> int | None:
        """The process that judges, None while that is this one."""
        return None if self._pipe is None else self._process.pid

    def stop(self) -> None:
        """Ends the process."""
        with self._lock:
            self._end()

    def _read_one(self, batch: str, place: int) -> Asked | Entry:
        item = self._items[batch][place]
        try:
            answer: Asked | Entry = self._call("read", MESSAGE_SECONDS, f"{batch}#{place}", (item,))[0]
            return answer
        except DiedError as fault:
            return quarantined(item, None, "parse", str(fault))

    def _plan_singly(
        self, batch: str, mailbox: str, known: Sequence[Known], numbers: list[str], now: datetime
    ) -> list[Entry]:
        entries = []
        for one in known:
            entry = self._plan_one(batch, mailbox, one, numbers, now)
            if opens_ticket(entry.plan):
                numbers.pop(0)
            entries.append(entry)
        return entries

    def _plan_one(self, batch: str, mailbox: str, one: Known, numbers: Sequence[str], now: datetime) -> Entry:
        item = self._items[batch][one.place]
        name = f"{batch}#{one.place}"
        try:
            read = self._call("read", MESSAGE_SECONDS, name, (item,))[0]
            if isinstance(read, Entry):
                return read
            alone = Known(0, one.facts, one.opening)
            entry: Entry = self._call("plan", MESSAGE_SECONDS, name, mailbox, (alone,), numbers, now)[0]
        except DiedError as fault:
            return quarantined(item, None, "plan", str(fault))
        return entry

    # -- the process --------------------------------------------------------------------------------------------------

    def _call(self, name: str, seconds: float, *arguments: Any) -> Any:
        """One call, answered within `seconds`. Raises DiedError (a fresh process is there then), KeyError as told."""
        with self._lock:
            if self._pipe is None:
                return getattr(self._here, name)(*arguments)
            try:
                self._pipe.send((name, arguments))
                if not self._pipe.poll(seconds):
                    raise DiedError(f"it took longer than {seconds:.0f} seconds")
                fault, value = self._pipe.recv()
            except (EOFError, OSError):
                reason = f"it crashed the process that reads mail ({self._how_it_ended()})"
                self._replace(reason)
                raise DiedError(reason) from None
            except DiedError as fault_:
                self._replace(str(fault_))
                raise
        if fault is not None:
            raise KeyError(fault)
        return value

    def _replace(self, reason: str) -> None:
        log.error("the stages' process is replaced: %s", reason)
        self._end()
        self._start("spawn")

    def _start(self, method: str) -> None:
        """A new process with the policy in force; where none can be had, we judge here until the next one is adopted."""
        context = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        level = self._rules.settings.service.log_level
        policy = self._rules.policy
        given = (theirs, ours, policy) if method == "fork" else (theirs, policy, level)
        target = _serve if method == "fork" else _serve_fresh
        self._process = context.Process(target=target, args=given, name="hero-judge", daemon=True)  # type: ignore[attr-defined]
        self._process.start()
        theirs.close()
        self._pipe = ours
        with suppress(EOFError, OSError):
            if ours.poll(START_SECONDS) and ours.recv() == READY:
                return
        log.error("a fresh process does not start: mail is judged in the main process until rules or templates change")
        self._end()
        self._pipe = None

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join(5)

    def _how_it_ended(self) -> str:
        self._process.join(2)
        code = self._process.exitcode
        return f"signal {-code}" if code is not None and code < 0 else f"exit {code}"


def _serve_fresh(pipe: Connection, policy: Policy, log_level: str) -> None:
    """A process that is started anew is given what the first one inherited."""
    from router.app.service import set_up_logging

    set_up_logging(log_level)
    _serve(pipe, None, policy)


def _serve(pipe: Connection, parents_end: Connection | None, policy: Policy) -> None:
    """Answers calls until the other end is closed, as it is too when the parent dies."""
    if parents_end is not None:
        parents_end.close()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when we end
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    stages = Stages(lambda: policy)
    pipe.send(READY)
    while True:
        try:
            name, arguments = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)
        if name == "adopt":
            (policy,) = arguments
            pipe.send((None, None))
        else:
            pipe.send(_answer(stages, name, arguments))


def _answer(stages: Stages, name: str, arguments: tuple[Any, ...]) -> tuple[str | None, Any]:
    """(None, what the call gives), or the name of a batch of which only the process before us knew."""
    try:
        return None, getattr(stages, name)(*arguments)
    except KeyError as fault:
        return str(fault), None
