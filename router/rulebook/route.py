"""Routing rules, in the order of the file: what the words alone cannot decide (docs/rules.md, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from router.mail.message import Message
from router.rulebook.condition import Condition, Situation
from router.rulebook.decision import Circumstances, Decision, RuleTrace
from router.rulebook.service import Owner, owner_on
from router.rulebook.signal import Hits
from router.rulebook.tables import ThenTable
from router.rulebook.units import Unit

TRIAGE = "triage"
Rebase = Callable[[Decision, str], Decision]
"""Makes a decision one about another service: type, eligibility, letter and unit follow."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule in force from a day until a day (both included; None: no end). `units`: what its unit is by day."""

    name: str
    file: str
    line: int
    when: Condition
    then: ThenTable
    units: tuple[Owner, ...]
    since: date | None
    until: date | None

    def in_force(self, day: date | None) -> bool:
        """Is it in force on that day? Without a day, dates don't count."""
        if day is None:
            return True
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def route(
    decision: Decision,
    rules: tuple[Rule, ...],
    message: Message,
    circumstances: Circumstances,
    day: date | None,
    hits: Hits,
    units: Mapping[str, Unit],
    rebase: Rebase,
) -> Decision:
    """The decision after all rules, with the trace of each. `day`: for rules and units with dates."""
    trace: list[RuleTrace] = []
    stopped = ""
    for rule in rules:
        if stopped:
            trace.append(RuleTrace(rule.name, rule.file, rule.line, False, f'not reached: "{stopped}" stops'))
            continue
        if not rule.in_force(day):
            trace.append(RuleTrace(rule.name, rule.file, rule.line, False, f"not in force on {day}"))
            continue
        unit = units.get(decision.unit)
        situation = Situation(message, circumstances, hits, decision, unit.hours if unit else None)
        matched, because = rule.when.holds(situation)
        trace.append(RuleTrace(rule.name, rule.file, rule.line, matched, because))
        if matched:
            decision = _act(decision, rule, day, rebase)
            stopped = rule.name if rule.then.stop else ""
    return replace(decision, trace=tuple(trace))


def _act(decision: Decision, rule: Rule, day: date | None, rebase: Rebase) -> Decision:
    """One rule's actions. A service set by a rule is certain: an admin said so."""
    then = rule.then
    if then.service is not None:
        decision = rebase(decision, then.service)
    return replace(
        decision,
        type=then.type or decision.type,
        unit=TRIAGE if then.hold else owner_on(rule.units, day) if rule.units else decision.unit,
        confidence="unsure" if then.hold else decision.confidence,
        priority=then.priority or decision.priority,
        copy_to=tuple(dict.fromkeys((*decision.copy_to, *then.copy_to))),
        tags=tuple(dict.fromkeys((*decision.tags, *then.tag))),
        template=then.template or decision.template,
        language=then.language or decision.language,
        acknowledge=decision.acknowledge if then.acknowledge is None else then.acknowledge,
        reject=then.reject or decision.reject,
        notes=(*decision.notes, *then.note),
    )
