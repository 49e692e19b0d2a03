"""`hero-router run`: everything that must be there before the daemon starts, or a clear word why it doesn't."""

from __future__ import annotations

import ctypes
import gc
import logging
import sys

from router.app.assemble import policy_of, token_key
from router.app.daemon import start, utc_now
from router.app.judge import Judge
from router.app.output import Exit, complain, problems
from router.app.rules import InForce, load, look
from router.app.session import opened
from router.app.settings import Settings

log = logging.getLogger("hero.service")

_M_ARENA_MAX = -8  # mallopt(3)
_PR_SET_THP_DISABLE = 41  # prctl(2)
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def set_up_logging(level: str) -> None:
    """One event a line on standard error, where systemd's journal and a container's log collect it."""
    logging.basicConfig(stream=sys.stderr, level=level.upper(), format=LOG_FORMAT, force=True)
    for noisy in ("apscheduler", "alembic", "aiosmtplib", "imapclient", "mailparser"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def serve(settings: Settings, *, once: bool) -> Exit:
    """Runs until told to stop; with `once` a single pass. The schema of an empty database is made."""
    set_up_logging(settings.service.log_level)
    rules = in_force(settings)
    if rules is None:
        return Exit.USAGE
    save_memory()
    judge = Judge(rules)  # forked here: before there is a thread or a database
    try:
        with opened(settings) as store:
            if store.is_empty():
                store.make()
            store.require_current()
            faults = start(settings, store, rules, judge, once=once)
    finally:
        judge.stop()
    return Exit.OUTSIDE if faults else Exit.DONE


def save_memory() -> None:
    """One arena for all threads (glibc), since each of its own keeps what its largest batch once needed; and no huge pages,
    which turn a few kilobytes in use into two megabytes."""
    try:
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 1)
        library.prctl(_PR_SET_THP_DISABLE, 1, 0, 0, 0)
        gc.collect()
        library.malloc_trim(0)  # what loading rules and templates needed for a moment
    except (OSError, AttributeError):
        log.debug("this C library has neither arenas nor huge pages to bound")
    gc.freeze()  # what is loaded stays: the collector need not touch it, and a forked process shares its pages


def in_force(settings: Settings) -> InForce | None:
    """The rules, templates and signing key to begin with; None after the faults were told."""
    seen = look(settings)
    book, templates, found = load(settings)
    problems(found)
    if book is None or templates is None:
        complain("rules or templates have faults; nothing was started")
        return None
    try:
        key = token_key(settings.service.token_key)
    except (OSError, ValueError) as fault:
        complain(f"{settings.service.token_key}: the key that signs our msg-ids can't be read or made: {fault}")
        return None
    return InForce(settings, key, policy_of(settings, book, templates, key), utc_now(), seen=seen)
