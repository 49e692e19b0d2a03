"""`hero-router check`: everything that can be known to be wrong before the service runs, all at once.

Changes nothing and makes no file. With `online` it also logs in to each server, reads no mail and sends none.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from router.app.assemble import imap_settings, smtp_settings
from router.app.config import load
from router.app.output import Exit
from router.app.rules import load_from
from router.app.secrets import open_to_all
from router.app.settings import Mailbox, Settings
from router.desk.letter import Templates
from router.rulebook.book import RuleBook
from router.rulebook.problem import Problem
from router.rulebook.source import read
from router.store.database import SchemaMismatch, Store, StoreUnavailable
from router.wire import imap, smtp
from router.wire.faults import Fault, Unreachable


@dataclass(frozen=True, slots=True)
class Report:
    """What `check` found: `looked` are (what, what is so with it) of all that is in order, `problems` the rest, sorted.

    `outside` are those of the problems that a server or database caused which couldn't be reached.
    """

    looked: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]
    outside: frozenset[Problem] = frozenset()

    @property
    def exit(self) -> Exit:
        """The exit code: warnings are no faults, and a fault in our files weighs more than one outside."""
        errors = {problem for problem in self.problems if problem.severity == "error"}
        if errors - self.outside:
            return Exit.FAULTS
        return Exit.OUTSIDE if errors else Exit.DONE

    def as_json(self) -> dict[str, Any]:
        """``{"ok", "looked": [{"what", "so"}], "problems": [{"path", "line", "column", "message", "hint", "severity"}]}``."""
        looked = [{"what": what, "so": so} for what, so in self.looked]
        return {"ok": self.exit is Exit.DONE, "looked": looked, "problems": [asdict(p) for p in self.problems]}


@dataclass(frozen=True, slots=True)
class _Part:
    """What one part of the check says."""

    looked: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
    outside: frozenset[Problem] = frozenset()


def _failed(problem: Problem, passing: bool) -> _Part:
    """Something outside refused us (a person has to change something), or only wasn't there (`passing`)."""
    return _Part((), (problem,), frozenset((problem,)) if passing else frozenset())


def check(settings_path: Path, online: bool = False) -> Report:
    """All problems of the configuration at that path, the rules, templates and database that it names, and with `online`
    of its servers. Parts that a faulty configuration leaves unknown are looked for where they would be by default."""
    settings, faults = load(settings_path)
    rulebook, templates, set_faults = load_from(*_directories(settings_path, settings))
    parts = [_configuration(settings_path, settings, faults), _sets(rulebook, templates, set_faults)]
    if settings:
        parts += [part(settings) for part in (_trust, _files, _database)]
        parts += [_own_addresses(settings, rulebook)] if rulebook else []
        parts += _online(settings) if online else []
    return Report(
        tuple(line for part in parts for line in part.looked),
        tuple(sorted({problem for part in parts for problem in part.problems})),
        frozenset(problem for part in parts for problem in part.outside),
    )


def _directories(path: Path, settings: Settings | None) -> tuple[Path, Path]:
    if settings:
        return settings.service.rules_dir, settings.service.templates_dir
    source, _ = read(path)
    service = source.value.get("service") if source else None
    raw = service if isinstance(service, dict) else {}
    rules, templates = (raw.get(f"{name}_dir") for name in ("rules", "templates"))
    base = path.resolve().parent
    return (
        base / (rules if isinstance(rules, str) else "rules"),
        base / (templates if isinstance(templates, str) else "templates"),
    )


def _configuration(path: Path, settings: Settings | None, faults: tuple[Problem, ...]) -> _Part:
    if settings is None:
        return _Part((), faults)
    names = ", ".join(box.name for box in settings.mailboxes)
    return _Part(((str(path), f"{len(settings.mailboxes)} mailboxes: {names}; mode {settings.service.mode}"),), faults)


def _sets(rulebook: RuleBook | None, templates: Templates | None, faults: tuple[Problem, ...]) -> _Part:
    looked = []
    if rulebook:
        so = f"{len(rulebook.services)} services, {len(rulebook.units)} units, version {rulebook.version[:12]}"
        looked.append(("rules", so))
    if templates:
        looked.append(("templates", f"{len(templates.list())} letters"))
    return _Part(tuple(looked), faults)


def _trust(settings: Settings) -> _Part:
    if settings.trust.require_authentication:
        return _Part()
    message = "[trust] require_authentication = false: whoever writes an agent's address in From is obeyed"
    return _Part(
        (), (Problem("trust", 0, 0, message, "right only on a network that no stranger's mail reaches", "warning"),)
    )


def _files(settings: Settings) -> _Part:
    """Where the program writes, and the key that signs our msg-ids."""
    state, key = settings.service.state_dir, settings.service.token_key
    problems = []
    there = next(path for path in (state, *state.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        problems.append(Problem(str(state), 0, 0, f"{there} can't be written to", "the service keeps its files there"))
    if open_to_all(key):
        message = "everybody on this machine may read the key that signs our msg-ids"
        problems.append(Problem(str(key), 0, 0, message, f"chmod 600 {key}", "warning"))
    return _Part((), tuple(problems))


def _database(settings: Settings) -> _Part:
    """The schema, and the chain of each ticket's history."""
    with closing(Store(settings.database.url)) as store:
        try:
            if store.is_empty():
                return _Part((("database", "empty; `run` makes its schema"),))
            store.require_current()
            broken = store.verify_chain()
        except SchemaMismatch as fault:
            return _Part((), (Problem("database", 0, 0, str(fault)),))
        except StoreUnavailable as fault:
            return _failed(Problem("database", 0, 0, fault.reason), passing=True)
        if not broken:
            return _Part((("database", f"schema {store.revision()}, history sound"),))
        return _Part((), tuple(Problem("database", 0, 0, f"history: {fault}") for fault in broken))


def _own_addresses(settings: Settings, rulebook: RuleBook) -> _Part:
    """A unit behind one of our own mailboxes would get nothing: what comes back to us is a loop."""
    own = settings.own_addresses
    problems = []
    for unit in rulebook.units.values():
        if unit.address.lower() in own:
            message = f'unit.{unit.key}: address "{unit.address}" is one of our own mailboxes: forwards would be loops'
            hint = "give the unit an address that the router doesn't watch"
            problems.append(Problem(unit.file, unit.line, 1, message, hint))
        for person in sorted(own.intersection((*unit.agents, *unit.supervisors))):
            message = f'unit.{unit.key}: "{person}" is one of our own mailboxes, whose mail is never a person\'s'
            problems.append(Problem(unit.file, unit.line, 1, message, "list the people's own addresses", "warning"))
    return _Part((), tuple(problems))


def _online(settings: Settings) -> list[_Part]:
    """Logs in everywhere at the same time: one server that doesn't answer holds up nobody."""
    probes: list[Callable[[], _Part]] = [lambda: _probe_smtp(settings)]
    probes += [lambda box=box: _probe_imap(settings, box) for box in settings.mailboxes]  # type: ignore[misc]
    with ThreadPoolExecutor(max_workers=len(probes)) as pool:
        return list(pool.map(lambda probe: probe(), probes))


def _probe_smtp(settings: Settings) -> _Part:
    server = smtp_settings(settings.smtp)
    try:
        facts = asyncio.run(smtp.probe(server))
    except Fault as fault:
        return _failed(Problem("smtp", 0, 0, fault.reason), isinstance(fault, Unreachable))
    return _Part(((server.where, "; ".join(facts)),))


def _probe_imap(settings: Settings, mailbox: Mailbox) -> _Part:
    server = replace(imap_settings(mailbox), read_only=True)
    box = imap.Mailbox(server)
    name = f"mailbox {mailbox.name}"
    try:
        box.connect()
        facts = box.facts()
        waiting = list(_unaccounted(settings, mailbox, box))
    except Fault as fault:
        return _failed(Problem(name, 0, 0, fault.reason), isinstance(fault, Unreachable))
    finally:
        box.close()
    return _Part(
        ((server.where, "; ".join(facts)),), tuple(Problem(name, 0, 0, text, hint, "warning") for text, hint in waiting)
    )


def _unaccounted(settings: Settings, mailbox: Mailbox, box: imap.Mailbox) -> Iterator[tuple[str, str]]:
    """The server's UIDs without an outcome here (design.md, 2.10). Without a database that is ready none is missed."""
    with closing(Store(settings.database.url)) as store, suppress(SchemaMismatch, StoreUnavailable):
        store.require_current()
        missing = store.unaccounted(mailbox.name, box.uidvalidity, box.all_uids())
        if missing:
            text = f"{len(missing)} of {box.exists} messages on the server have no outcome yet, the first is UID {missing[0]}"
            yield text, "they are handled as soon as the service runs; if it does, look at `hero-router status`"
