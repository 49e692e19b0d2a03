"""The rules and templates in force: loaded whole or not at all; a faulty set never replaces a good one."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from router.app.assemble import policy_of
from router.app.settings import Settings
from router.desk.letter import Templates
from router.desk.letter import load as load_templates
from router.desk.policy import Policy
from router.rulebook.book import RuleBook
from router.rulebook.book import load as load_rules
from router.rulebook.problem import Problem

log = logging.getLogger("hero.rules")

SUFFIXES = (".toml", ".j2")
Seen = frozenset[tuple[str, int, int, int, int]]  # path, inode, bytes, mtime and ctime in ns


def load(settings: Settings) -> tuple[RuleBook | None, Templates | None, tuple[Problem, ...]]:
    """Both directories of a configuration, with every fault of both."""
    return load_from(settings.service.rules_dir, settings.service.templates_dir)


def load_from(rules: Path, templates: Path) -> tuple[RuleBook | None, Templates | None, tuple[Problem, ...]]:
    """Both directories with every fault of both, and of what each says of the other's names."""
    letters, template_problems = load_templates(templates)
    names = frozenset(listed.name for listed in letters.list()) if letters else None
    book, rule_problems = load_rules(rules, templates=names)
    foreign = letters.foreign(book.services) if book and letters else ()
    return book, letters, (*rule_problems, *template_problems, *foreign)


def directories(settings: Settings) -> tuple[Path, Path]:
    """Where the rules and the templates are."""
    return settings.service.rules_dir, settings.service.templates_dir


def look(settings: Settings) -> Seen:
    """What lies in both directories, without reading it: differs when a file was changed, replaced, added or removed.
    Hidden files and directories are editors' and version control's."""
    return frozenset(one for directory in directories(settings) for one in _look(directory))


def _look(directory: Path) -> Iterator[tuple[str, int, int, int, int]]:
    for base, names, files in os.walk(directory):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in files:
            if name.endswith(SUFFIXES) and not name.startswith("."):
                path = f"{base}/{name}"
                try:
                    it = os.stat(path)  # noqa: PTH116  # a Path each would cost as much as all the rest
                except OSError:
                    yield path, 0, 0, 0, 0
                else:
                    yield path, it.st_ino, it.st_size, it.st_mtime_ns, it.st_ctime_ns


@dataclass
class InForce:
    """The policy that planning goes by now. `reload` swaps it as a whole; readers see the old one or the new one.

    `seen` is what lay in the directories when they were last read; `problems` are the errors of a set that was refused
    then, and () when the set in force is what the files say.
    """

    settings: Settings
    key: bytes
    policy: Policy
    loaded_at: datetime
    problems: tuple[Problem, ...] = ()
    seen: Seen = field(default=frozenset(), repr=False)

    def reload(self, now: datetime) -> bool:
        """Takes the files up if they are without errors; else the last good set stays in force and the faults are told,
        once. Returns whether it did."""
        self.seen = look(self.settings)  # before they are read: what changes while we read is seen the next time
        book, templates, errors = self._load()
        if book is None or templates is None or errors:
            if errors != self.problems:
                for problem in errors:
                    log.error("%s; the last good set stays in force", problem)
            self.problems = errors
            return False
        if self.problems:
            log.warning("rules and templates are without faults again")
        self.policy = policy_of(self.settings, book, templates, self.key)
        self.loaded_at = now
        self.problems = ()
        log.info("rules=%s loaded, with the templates", book.version)
        return True

    def _load(self) -> tuple[RuleBook | None, Templates | None, tuple[Problem, ...]]:
        try:
            book, templates, problems = load(self.settings)
        except Exception as fault:  # a directory that vanishes while it is read, or ours: the service goes on
            log.exception("rules and templates could not be loaded")
            place = str(self.settings.service.rules_dir)
            return None, None, (Problem(place, 0, 0, f"could not be loaded: {type(fault).__name__}: {fault}"),)
        return book, templates, tuple(problem for problem in problems if problem.severity == "error")

    @property
    def fault(self) -> str | None:
        """What `status` says under problems; None: the set in force is what the files say."""
        if not self.problems:
            return None
        return f"{len(self.problems)} faults, the last good set stays in force; the first: {self.problems[0]}"
