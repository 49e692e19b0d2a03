"""Doubtful routing rules: those that an earlier one always stops, and those that recorded mail never needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from router.rulebook.lint_ground import Ground
from router.rulebook.problem import Problem
from router.rulebook.tables import RuleTable, WhenTable

_NESTED = ("all", "any", "not_")
# What each action may change of the decision that later conditions look at.
_CHANGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("service", frozenset({"service", "type", "confidence", "letter", "eligible", "unit", "hours"})),
    ("type", frozenset({"type"})),
    ("unit", frozenset({"unit", "hours"})),
    ("hold", frozenset({"unit", "hours", "confidence"})),
    ("priority", frozenset({"priority"})),
    ("language", frozenset({"language"})),
)
Keys = frozenset[str]


def unreachable(ground: Ground) -> Iterator[Problem]:
    """Rules that can't be reached: whenever they would match, an earlier one with `stop` has matched."""
    source, rules = ground.files.routing.source, ground.files.routing.table.rule
    for i, earlier in _stopped(rules).items():
        message = f'aturan "{rules[i].name}" tidak pernah dicapai: "{earlier.name}" selalu berhenti lebih dahulu'
        yield source.problem(("rule", i, "name"), message, "pindahkan ke atas aturan itu, atau hapus")


def _stopped(rules: Sequence[RuleTable]) -> dict[int, RuleTable]:
    """Index of a rule that can't be reached → the nearest rule that always stops before it."""
    found: dict[int, RuleTable] = {}
    for i, rule in enumerate(rules):
        changed: Keys = frozenset()
        for earlier in reversed(rules[:i]):
            if earlier.then.stop and _in_force_with(earlier, rule) and covers(earlier.when, rule.when, changed):
                found[i] = earlier
                break
            changed |= _changed_by(earlier)
    return found


def unused(ground: Ground) -> Iterator[Problem]:
    """Rules that matched none of the recorded mail, though they are in force and can be reached."""
    recorded = ground.recorded
    if recorded is None or not recorded.mails:
        return
    rules = ground.files.routing.table.rule
    stopped = _stopped(rules)
    for i, rule in enumerate(rules):
        over = rule.until is not None and rule.until < ground.today
        coming = rule.from_ is not None and rule.from_ > ground.today
        if rule.name not in recorded.matched and not (over or coming or i in stopped):
            message = f'aturan "{rule.name}" tidak cocok dengan satu pun dari {recorded.mails} surat yang tersimpan'
            yield ground.files.routing.source.problem(("rule", i, "name"), message, "masih diperlukan?")


def covers(earlier: WhenTable, later: WhenTable, changed: Keys) -> bool:
    """Does `earlier` hold wherever `later` does? Only when that can be shown; `changed`: keys that rules between them
    may set, of which nothing is known."""
    if later.any and all(_each_covered(earlier, [*_parts(later), *_parts(one)], changed) for one in later.any):
        return True
    return _each_covered(earlier, _parts(later), changed)


def _each_covered(earlier: WhenTable, given: list[WhenTable], changed: Keys) -> bool:
    """Does each condition of `earlier` follow from tables that all hold?"""
    for key in type(earlier).model_fields:
        wanted = getattr(earlier, key)
        if wanted is None or key in _NESTED:
            continue
        if key in changed or not any(_implies(key, getattr(one, key), wanted) for one in given):
            return False
    if not all(_each_covered(one, given, changed) for one in earlier.all or ()):
        return False
    if earlier.any is not None and not any(_each_covered(one, given, changed) for one in earlier.any):
        return False
    if earlier.not_ is None:
        return True
    return not (_tested(earlier.not_) & changed) and any(one.not_ == earlier.not_ for one in given)


def _parts(when: WhenTable) -> list[WhenTable]:
    """A condition and all that must hold inside it."""
    return [when, *(inner for part in when.all or () for inner in _parts(part))]


def _implies(key: str, given: Any, wanted: Any) -> bool:
    """Does `key = given` make `key = wanted` hold?"""
    if given is None:
        return False
    if key == "size_over":
        return bool(given >= wanted)
    if key == "header":
        return bool(wanted.items() <= given.items())
    if not isinstance(wanted, list):
        return bool(given == wanted)
    if key == "from_domain":
        return all(any(_below(g.lower(), w.lower()) for w in wanted) for g in given)
    if key in ("from_", "to", "cc", "attachment"):
        return all(any(fnmatchcase(g.lower(), w.lower()) for w in wanted) for g in given)
    return set(given) <= set(wanted)


def _below(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith("." + parent)


def _tested(when: WhenTable) -> Keys:
    """The keys that a condition looks at, at any depth."""
    own = {key for key in type(when).model_fields if key not in _NESTED and getattr(when, key) is not None}
    below = [*(when.all or ()), *(when.any or ()), *([when.not_] if when.not_ else ())]
    return frozenset(own).union(*(_tested(one) for one in below))


def _changed_by(rule: RuleTable) -> Keys:
    return frozenset().union(*(keys for action, keys in _CHANGES if getattr(rule.then, action)))


def _in_force_with(earlier: RuleTable, later: RuleTable) -> bool:
    """Is `earlier` in force on every day on which `later` is?"""
    begins = earlier.from_ is None or (later.from_ is not None and later.from_ >= earlier.from_)
    ends = earlier.until is None or (later.until is not None and later.until <= earlier.until)
    return begins and ends
