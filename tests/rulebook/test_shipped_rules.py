"""The shipped rules: without a fault, quick, and right on the project's own labelled mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.rulebook.book import RuleBook, load
from router.rulebook.corpus import read
from router.rulebook.evaluate import Report, evaluate

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT / "tests" / "corpus").glob("*.jsonl"))
CODES = [*(f"A.{n:02}" for n in range(1, 19)), *(f"B.{n:02}" for n in range(1, 14)), "C.01", "D.01", "D.02"]


@pytest.fixture(scope="module")
def shipped() -> RuleBook:
    book, _ = load(ROOT / "rules", examples=False)
    assert book is not None
    return book


@pytest.fixture(scope="module")
def report(shipped: RuleBook) -> Report:
    return evaluate(shipped, read(CORPUS))


def test_no_fault_and_every_example_holds() -> None:
    assert [str(p) for p in load(ROOT / "rules")[1]] == []


def test_all_services_are_there_with_examples(shipped: RuleBook) -> None:
    assert list(shipped.services) == CODES
    assert [code for code, service in shipped.services.items() if not service.examples] == []


@pytest.mark.parametrize(
    ("what", "least"),
    [("service", 0.95), ("type", 0.94), ("audience", 1.0), ("eligible", 0.98), ("letter", 0.98), ("screen", 0.98)],
)
def test_right_on_labelled_mail(report: Report, what: str, least: float) -> None:
    assert report.score(what).whole > 200
    assert report.score(what).share >= least


def test_sure_deserves_its_name(report: Report) -> None:
    assert report.sure.share >= 0.85
    assert report.sure_right.share >= 0.98


def test_what_is_not_ours_is_never_sure(report: Report) -> None:
    sure = [o for o in report.accepted if o.decision.confidence == "sure"]
    assert [o.mail.id for o in sure if o.mail.label.services[0] is None] == []
