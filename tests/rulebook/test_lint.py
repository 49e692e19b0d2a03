"""What is doubtful in rule files: a directory of doubtful things against the whole text that must come of it.

``RENEW_FAULTS=1 pytest tests/rulebook/test_lint.py`` writes the expected text anew, to be read in review.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from router.rulebook.build import build
from router.rulebook.check import check
from router.rulebook.files import gather
from router.rulebook.lint import CHECKS, Doubt, lint
from router.rulebook.lint_ground import Ground, Recorded

DOUBTFUL = Path(__file__).parent / "doubtful"
TODAY = date(2026, 11, 24)
TEMPLATES = frozenset({"acknowledgement", "acknowledgement.letter", "refusal"})
STOPS = '[[rule]]\nname = "Pertama"\nwhen = {{ {earlier} }}\nthen = {{ tag = "x", stop = true }}\n'
LATER = '[[rule]]\nname = "Kedua"\nwhen = {{ {later} }}\nthen = {{ tag = "y" }}\n'


def doubts(rules: Path, recorded: Recorded | None = None) -> tuple[Doubt, ...]:
    files, problems, version = gather(rules)
    assert [*problems, *check(files)] == []
    return lint(Ground(files, build(files, version).index.lexicon, TEMPLATES, TODAY, recorded))


@pytest.fixture
def routed(rules: Path) -> Callable[[str], list[str]]:
    """The names of checks that something is doubtful by when routing.toml says so."""

    def found(routing: str) -> list[str]:
        (rules / "routing.toml").write_text(routing)
        return [d.check for d in doubts(rules) if d.problem.path.endswith("routing.toml")]

    return found


def test_doubtful_things_are_told_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(DOUBTFUL, tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    found = doubts(Path("rules"), Recorded(120, frozenset({"INSW"})))
    said = "".join(f"{doubt.check}: {doubt.problem}\n" for doubt in found)
    expected = DOUBTFUL.with_suffix(".expected")
    if os.environ.get("RENEW_FAULTS"):
        expected.write_text(said)
    assert said == expected.read_text()
    assert {doubt.check for doubt in found} == {name for name, _ in CHECKS}
    assert {doubt.problem.severity for doubt in found} == {"warning"}


def test_rules_are_called_unused_only_when_mail_was_recorded(rules: Path) -> None:
    (rules / "routing.toml").write_text(LATER.format(later='mailbox = "ska"'))
    assert "unused-rule" not in {d.check for d in doubts(rules)}
    assert "unused-rule" not in {d.check for d in doubts(rules, Recorded(0, frozenset()))}
    assert "unused-rule" in {d.check for d in doubts(rules, Recorded(1, frozenset()))}
    assert "unused-rule" not in {d.check for d in doubts(rules, Recorded(1, frozenset({"Kedua"})))}


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("", 'mailbox = "ska"'),
        ('mailbox = ["hero", "ska"]', 'mailbox = "ska", type = "kendala"'),
        ('from = "*@insw.go.id"', 'from = "a@insw.go.id"'),
        ("size_over = 5", "size_over = 20"),
        ('header = { "X-Priority" = "1*" }', 'header = { "X-Priority" = "1*", "X-Mailer" = "*" }'),
        ('type = "kendala"', 'all = [{ type = "kendala" }, { body = "rusak" }]'),
        ('any = [{ body = "phishing" }, { subject = "phishing" }]', 'subject = "phishing", mailbox = "ska"'),
        ('body = ["a satu", "b dua"]', 'any = [{ body = "a satu" }, { body = "b dua", mailbox = "ska" }]'),
        ('not = { service = "A.14" }', 'not = { service = "A.14" }, mailbox = "ska"'),
    ],
)
def test_what_an_earlier_rule_always_stops_is_unreachable(
    earlier: str, later: str, routed: Callable[[str], list[str]]
) -> None:
    assert routed(STOPS.format(earlier=earlier) + LATER.format(later=later)) == ["unreachable-rule"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ('mailbox = "ska"', 'mailbox = ["hero", "ska"]'),
        ('from_domain = "mail.insw.go.id"', 'from_domain = "insw.go.id"'),
        ("size_over = 20", "size_over = 5"),
        ('mailbox = "ska"', 'type = "kendala"'),
        ('not = { service = "A.14" }', 'mailbox = "ska"'),
        (
            'any = [{ body = "phishing" }, { subject = "phishing" }]',
            'any = [{ body = "phishing" }, { mailbox = "ska" }]',
        ),
    ],
)
def test_what_may_still_be_reached_is_no_doubt(earlier: str, later: str, routed: Callable[[str], list[str]]) -> None:
    assert routed(STOPS.format(earlier=earlier) + LATER.format(later=later)) == []


def test_a_rule_between_that_changes_the_type_makes_the_later_one_reachable(
    routed: Callable[[str], list[str]],
) -> None:
    between = '[[rule]]\nname = "Tengah"\nwhen = { mailbox = "ska" }\nthen = { service = "A.14" }\n'
    first, last = STOPS.format(earlier='type = "kendala"'), LATER.format(later='type = "kendala", body = "rusak"')
    assert routed(first + last) == ["unreachable-rule"]
    assert routed(first + between + last) == []


def test_a_rule_that_stops_for_a_time_leaves_the_later_one_reachable(routed: Callable[[str], list[str]]) -> None:
    first, last = STOPS.format(earlier='mailbox = "ska"'), LATER.format(later='mailbox = "ska"')
    assert routed(first + "until = 2026-12-31\n" + last) == []
    assert routed(first + "until = 2026-12-31\n" + last + "until = 2026-12-01\n") == ["unreachable-rule"]
