"""`rules test`: every [[example]] and labelled mail against the rules; tables for a person, one object for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from router.app.output import say, table
from router.rulebook.corpus import read
from router.rulebook.evaluate import Outcome, Report, Score, evaluate, failure
from router.rulebook.example import check_examples
from router.rulebook.problem import Problem
from router.rulebook.ruleset import RuleBook
from router.rulebook.service import Elsewhere, Service

PARTS = ("service", "type", "audience", "eligible", "letter", "screen")
_BORDERS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)  # of the calibration table: finer where decisions are sure
_NAMES = ("layanan", "jenis", "pengirim", "berhak", "surat", "saringan")


@dataclass(frozen=True, slots=True)
class Bin:
    """Decisions whose probability lies in ``[low, high)`` (the last: to 1 inclusive): what was said, what was right."""

    low: float
    high: float
    mean: float
    score: Score


@dataclass(frozen=True, slots=True)
class Trial:
    """The examples with their faults, and the report over the labelled mail."""

    examples: Score
    faults: tuple[Problem, ...]
    report: Report

    @property
    def accuracy(self) -> float:
        """The smaller of two shares: examples that came out right, labelled mails with the right service."""
        return min(self.examples.share, self.report.score("service").share)

    def as_json(self) -> dict[str, Any]:
        """All tables and failures as one object; shares from 0 to 1."""
        report = self.report
        failures = [
            {"id": o.mail.id, "wanted": o.wanted, "given": o.given, "confidence": o.decision.confidence,
             "score": o.decision.score, "reasons": [asdict(r) for r in o.decision.reasons]}
            for o in report.accepted if not o.right("service")
        ]  # fmt: skip
        return {
            "accuracy": self.accuracy,
            "examples": _score(self.examples),
            "example_faults": [asdict(fault) for fault in self.faults],
            "parts": {part: _score(report.score(part)) for part in PARTS},
            "sure": _score(report.sure),
            "sure_right": _score(report.sure_right),
            "services": [
                {"service": code, "precision": _score(precision), "recall": _score(recall)}
                for code, precision, recall in report.by_service()
            ],
            "confusions": [{"wanted": w, "given": g, "count": n} for w, g, n in report.confusions()],
            "calibration": [{**asdict(one), "score": _score(one.score)} for one in calibration(report.accepted)],
            "failures": failures,
        }


def examine(book: RuleBook, corpora: Sequence[Path]) -> Trial:
    """Everything decided. Raises OSError and ValueError for a corpus that can't be read."""
    faults = tuple(check_examples(book))
    owners: list[Service | Elsewhere] = [*book.services.values(), *book.elsewhere.values()]
    listed = [example for owner in owners for example in owner.examples]
    return Trial(Score(len(listed) - len(faults), len(listed)), faults, evaluate(book, read(corpora)))


def calibration(outcomes: Sequence[Outcome]) -> list[Bin]:
    """Of the decisions that name a service: those of about one probability, and how many of them were right."""
    decided = [o for o in outcomes if o.decision.service is not None]
    bins = []
    for low, high in pairwise(_BORDERS):
        inside = [o for o in decided if low <= o.decision.score < high or (high == 1.0 == o.decision.score)]
        if inside:
            mean = sum(o.decision.score for o in inside) / len(inside)
            bins.append(Bin(low, high, mean, Score(sum(o.right("service") for o in inside), len(inside))))
    return bins


def describe(trial: Trial) -> None:
    """Prints the tables, then each failure with the words that misled."""
    for fault in trial.faults:
        say(str(fault), style="red")
    say(f"contoh di katalog: {trial.examples}", style="bold")
    report = trial.report
    if not report.outcomes:
        return
    table(("bagian", "benar"), [(name, str(report.score(part))) for name, part in zip(_NAMES, PARTS, strict=True)])
    say(f"diputuskan pasti: {report.sure}; yang pasti dan benar: {report.sure_right}\n")
    table(
        ("layanan", "presisi", "", "temuan", ""),
        [
            (code, _share(p), f"{p.right}/{p.whole}", _share(r), f"{r.right}/{r.whole}")
            for code, p, r in report.by_service()
        ],
    )
    if report.confusions():
        say("\ntertukar", style="bold")
        table(("seharusnya", "menjadi", "berapa kali"), report.confusions())
    say("\nkalibrasi: peluang yang disebut dan yang ternyata benar", style="bold")
    table(
        ("peluang", "rata-rata", "ternyata benar", ""),
        [
            (f"{b.low:.2f} - {b.high:.2f}", f"{b.mean:.1%}", _share(b.score), f"{b.score.right}/{b.score.whole}")
            for b in calibration(report.accepted)
        ],
    )
    missed = [line for outcome in report.outcomes for line in failure(outcome)]
    if missed:
        say("\nyang salah, dengan kata yang menyesatkan", style="bold")
        say("\n".join(missed))


def _share(score: Score) -> str:
    return f"{score.share:.1%}" if score.whole else "-"


def _score(score: Score) -> dict[str, Any]:
    return {"right": score.right, "whole": score.whole, "share": round(score.share, 4)}
