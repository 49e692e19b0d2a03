"""The rules and templates in force: loaded whole or not at all; a faulty set never replaces a good one."""

from __future__ import annotations

import logging
from dataclasses import dataclass
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


@dataclass
class InForce:
    """The policy that planning goes by now. `reload` swaps it as a whole; readers see the old one or the new one."""

    settings: Settings
    key: bytes
    policy: Policy
    loaded_at: datetime
    problems: tuple[Problem, ...] = ()

    def reload(self, now: datetime) -> bool:
        """Takes the files up if they are without errors; else the last good set stays in force and the faults are told."""
        book, templates, problems = load(self.settings)
        errors = tuple(problem for problem in problems if problem.severity == "error")
        self.problems = errors
        if book is None or templates is None or errors:
            for problem in errors:
                log.error("%s; the last good set stays in force", problem)
            return False
        self.policy = policy_of(self.settings, book, templates, self.key)
        self.loaded_at = now
        log.info("rules=%s templates loaded", book.version)
        return True
