"""A directory of rule files → RuleBook, or every fault in it: the way in for everybody else."""

from __future__ import annotations

from pathlib import Path

from router.rulebook.build import build
from router.rulebook.check import check
from router.rulebook.example import check_examples
from router.rulebook.files import gather, sorted_once
from router.rulebook.problem import Problem
from router.rulebook.ruleset import RuleBook

__all__ = ["RuleBook", "load"]


def load(
    directory: Path, *, examples: bool = True, templates: frozenset[str] | None = None
) -> tuple[RuleBook | None, tuple[Problem, ...]]:
    """The rule set, or all faults of all files, sorted (then there is no rule set).

    `examples` False: the catalog's examples are not checked. `templates`: names that exist (None: not looked at).
    """
    files, problems, version = gather(directory)
    problems += check(files, templates)
    if problems:
        return None, sorted_once(problems)
    book = build(files, version)
    faults = sorted_once(list(check_examples(book))) if examples else ()
    return (None if faults else book), faults
