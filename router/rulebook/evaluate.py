"""A rule set against labelled mail: how often is it right, how sure, and which words misled it.

``python -m router.rulebook.evaluate --rules rules FILE.jsonl … [--half even|odd] [--quiet]``
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from router.rulebook.book import load
from router.rulebook.corpus import Labelled, read
from router.rulebook.decide import decide
from router.rulebook.decision import Decision
from router.rulebook.ruleset import RuleBook
from router.rulebook.screening import screen

TRIAGE = "triage"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A labelled mail and what the rules made of it."""

    mail: Labelled
    decision: Decision
    screened: str

    def right(self, what: str) -> bool:
        """Is that part of the decision right?"""
        return _CHECKS[what](self)

    @property
    def wanted(self) -> str:
        """The service of the label, or triage."""
        return self.mail.label.services[0] or TRIAGE

    @property
    def given(self) -> str:
        """The service decided, or triage."""
        return self.decision.service or TRIAGE


@dataclass(frozen=True, slots=True)
class Score:
    """How many of how many."""

    right: int
    whole: int

    @property
    def share(self) -> float:
        """From 0 to 1; 1 of nothing."""
        return self.right / self.whole if self.whole else 1.0

    def __str__(self) -> str:
        return f"{self.share:6.1%}  ({self.right}/{self.whole})"


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, and the sums over them. Only accepted mail is classified; accepted mail and spam is screened."""

    outcomes: tuple[Outcome, ...]

    @property
    def accepted(self) -> list[Outcome]:
        """The mails that are tickets by their label."""
        return [o for o in self.outcomes if o.mail.label.screen == "accept"]

    def score(self, what: str) -> Score:
        """service, type, audience, eligible, letter: of accepted mail; screen: of accepted mail and spam."""
        chosen = self.outcomes if what == "screen" else self.accepted
        if what == "screen":
            chosen = tuple(o for o in self.outcomes if o.mail.label.screen in ("accept", "spam"))
        return Score(sum(o.right(what) for o in chosen), len(chosen))

    @property
    def sure(self) -> Score:
        """How many of the mails that have a service were decided sure."""
        ours = [o for o in self.accepted if o.mail.label.services[0] is not None]
        return Score(sum(o.decision.confidence == "sure" for o in ours), len(ours))

    @property
    def sure_right(self) -> Score:
        """How many of those decided sure have the right service (triage mails that were sure are wrong)."""
        sure = [o for o in self.accepted if o.decision.confidence == "sure"]
        return Score(sum(o.right("service") for o in sure), len(sure))

    def by_service(self) -> list[tuple[str, Score, Score]]:
        """(service, precision, recall), by code."""
        codes = sorted({o.wanted for o in self.accepted} | {o.given for o in self.accepted})
        return [
            (
                code,
                _score(o for o in self.accepted if o.given == code),
                _score(o for o in self.accepted if o.wanted == code),
            )
            for code in codes
        ]

    def confusions(self) -> list[tuple[str, str, int]]:
        """(wanted, given, how often), the most frequent first."""
        pairs = Counter((o.wanted, o.given) for o in self.accepted if not o.right("service"))
        return [(wanted, given, count) for (wanted, given), count in pairs.most_common()]


def evaluate(book: RuleBook, mails: Iterable[Labelled]) -> Report:
    """Every mail decided and screened by the rules."""
    found = []
    for mail in mails:
        verdict = screen(mail.message, book)
        decision = decide(mail.message, mail.circumstances, book)
        found.append(Outcome(mail, decision, verdict.name if verdict else "accept"))
    return Report(tuple(found))


def summary(report: Report) -> list[str]:
    """The totals as lines."""
    names = ("service", "type", "audience", "eligible", "letter", "screen")
    lines = [f"{name:<12}{report.score(name)}" for name in names]
    return [*lines, f"{'sure':<12}{report.sure}", f"{'sure, right':<12}{report.sure_right}"]


def details(report: Report) -> list[str]:
    """Services that are not perfect, confusions, and each failure with what misled."""
    lines = ["", "service   precision            recall"]
    for code, precision, recall in report.by_service():
        if precision.share < 1 or recall.share < 1:
            lines.append(f"{code:<8}  {precision!s:<20} {recall}")
    lines += ["", "confusions (wanted → given)"]
    lines += [f"{wanted} → {given}: {count}" for wanted, given, count in report.confusions()]
    lines.append("")
    for outcome in report.outcomes:
        lines += failure(outcome)
    return lines


def failure(outcome: Outcome) -> list[str]:
    """What went wrong with one mail, and the words behind it; [] if nothing did."""
    label, decision = outcome.mail.label, outcome.decision
    wrong = []
    if label.screen == "accept":
        wrong = [name for name in ("service", "type", "eligible", "letter") if not outcome.right(name)]
    if label.screen in ("accept", "spam") and not outcome.right("screen"):
        wrong.append("screen")
    if not wrong:
        return []
    ranked = " ".join(f"{c.service}={c.score:.2f}" for c in decision.alternatives)
    given = f"{outcome.given} {decision.type} {decision.letter} {decision.confidence} {decision.score:.2f}"
    wanted = f"{outcome.wanted} {label.type} {label.letter}"
    lines = [f"{outcome.mail.id} [{', '.join(wrong)}] {wanted} → {given} {outcome.screened} | {ranked}"]
    for reason in decision.reasons:
        lines.append(f"    {reason.weight:+.1f} {reason.rule} ({reason.where}: {', '.join(reason.words)})")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 when the rules have faults or a file can't be read."""
    parser = argparse.ArgumentParser(prog="python -m router.rulebook.evaluate", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rules", type=Path, default=Path("rules"))
    parser.add_argument("--half", choices=("even", "odd"))
    parser.add_argument("--quiet", action="store_true", help="totals only")
    options = parser.parse_args(arguments)
    book, problems = load(options.rules)
    for problem in problems:
        print(problem, file=sys.stderr)
    if book is None:
        book, _ = load(options.rules, examples=False)
    if book is None:
        return 1
    try:
        report = evaluate(book, read(options.files, options.half))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(*summary(report), sep="\n")
    if not options.quiet:
        print(*details(report), sep="\n")
    return 1 if problems else 0


def _score(outcomes: Iterable[Outcome]) -> Score:
    listed = list(outcomes)
    return Score(sum(o.right("service") for o in listed), len(listed))


_CHECKS: dict[str, Callable[[Outcome], bool]] = {
    "service": lambda o: o.decision.service in o.mail.label.services,
    "type": lambda o: o.decision.type == o.mail.label.type,
    "audience": lambda o: o.decision.audience == o.mail.label.audience,
    "eligible": lambda o: o.decision.eligible == o.mail.label.eligible,
    "letter": lambda o: o.decision.letter == o.mail.label.letter,
    "screen": lambda o: o.screened == ("spam" if o.mail.label.screen == "spam" else "accept"),
}

if __name__ == "__main__":
    sys.exit(main())
