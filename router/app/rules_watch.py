"""Hot reload: a changed rule or template is taken up within two seconds (rules-files.md, section 3).

A thread of its own: loading takes most of a second, which neither delivery nor a mailbox may wait for. Notices of the file
system wake it; where there are none, a look at sizes and times each half second does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from watchfiles import watch

from router.app.rules import InForce, directories, look
from router.rulebook.problem import Problem

log = logging.getLogger("hero.rules")

LOOK = 0.5  # seconds between two looks when nothing is noticed; one costs half a millisecond
STEP = 100  # ms without a further notice after which a change counts as written
SETTLE = 500  # ms at most that further notices are waited for

Taken = Callable[[], None]
Refused = Callable[[tuple[Problem, ...]], None]


class RulesWatch(threading.Thread):
    """Keeps `rules` what the files say until told to stop.

    `taken` is called after a set was taken up, `refused` with the errors of a faulty one, once until it changes.
    """

    def __init__(self, rules: InForce, clock: Callable[[], datetime], taken: Taken, refused: Refused) -> None:
        super().__init__(name="rules", daemon=True)
        self._rules = rules
        self._clock = clock
        self._taken = taken
        self._refused = refused
        self._stopping = threading.Event()
        self._woken = threading.Event()  # asked to reload, or to stop

    def ask(self) -> None:
        """Reload now, whether anything changed or not. Thread-safe, also in a signal's handler."""
        self._woken.set()

    def stop(self) -> None:
        """End as soon as what is in hand is done. Thread-safe."""
        self._stopping.set()
        self._woken.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except Exception as fault:  # no notices to be had (a directory is gone, no watches left): only look
                log.debug("rules: no change notices: %s", fault)
                self._woken.wait(LOOK)
                self._guarded(self.look)
            if self._woken.is_set() and not self._stopping.is_set():
                self._woken.clear()
                self._guarded(self.reload)

    def _follow(self) -> None:
        """Looks at each notice, and when there was none for a while; returns when asked for something, or when another
        directory stands in the place of one that is followed."""
        paths = directories(self._rules.settings)
        followed = [path.stat().st_ino for path in paths]
        for _ in watch(
            *paths, watch_filter=None, step=STEP, debounce=SETTLE, rust_timeout=int(LOOK * 1000), yield_on_timeout=True,
            stop_event=self._woken, raise_interrupt=False,
        ):  # fmt: skip
            self._guarded(self.look)
            if [path.stat().st_ino for path in paths] != followed:
                return

    def _guarded(self, step: Callable[[], bool]) -> bool:
        try:
            return step()
        except Exception:  # ours: the next change must find the thread alive
            log.exception("rules: unexpected fault")
            return False

    def look(self) -> bool:
        """Reloads if a file is other than when it was last read. Returns whether one was."""
        changed = look(self._rules.settings) != self._rules.seen
        if changed:
            self.reload()
        return changed

    def reload(self) -> bool:
        """Reloads and tells. Returns whether the set was taken up."""
        before = self._rules.problems
        taken = self._rules.reload(self._clock())
        if taken:
            self._taken()
        elif self._rules.problems != before:
            self._refused(self._rules.problems)
        return taken
