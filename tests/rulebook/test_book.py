"""Every fault of every file at once, each with its place: whole texts compared.

``RENEW_FAULTS=1 pytest tests/rulebook/test_book.py`` writes the expected texts anew, to be read in review.
"""

from __future__ import annotations

import os
import pickle
import shutil
from datetime import date
from pathlib import Path

import pytest

from router.rulebook.book import RuleBook, load
from router.rulebook.decide import decide

from .conftest import BASE, EXTERNAL, mail

FAULTS = Path(__file__).parents[1] / "faults" / "rules"


@pytest.mark.parametrize("case", sorted(p for p in FAULTS.iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_faults(case: Path, rules: Path) -> None:
    shutil.copytree(case, rules, dirs_exist_ok=True)
    book, problems = load(rules, templates=frozenset({"acknowledgement", "refusal"}))
    expected = case.with_suffix(".expected")
    said = "".join(f"{p}\n" for p in problems)
    if os.environ.get("RENEW_FAULTS"):
        expected.write_text(said)
    assert said == expected.read_text()
    assert book is None


def test_base_has_no_faults() -> None:
    assert load(BASE)[1] == ()


def test_a_missing_directory_is_a_problem(tmp_path: Path) -> None:
    book, problems = load(tmp_path / "nowhere")
    assert book is None
    assert [p.message for p in problems] == ["is missing", "is missing"]


def test_version_is_of_what_the_files_say(rules: Path) -> None:
    first, _ = load(rules)
    path = rules / "types.toml"
    path.write_text("# a comment\n\n" + path.read_text())
    second, _ = load(rules)
    path.write_text(path.read_text().replace("weight = 1", "weight = 2"))
    third, _ = load(rules)
    versions = [book.version for book in (first, second, third) if book is not None]
    assert len(versions) == 3
    assert versions[0] == versions[1] != versions[2]


def test_a_rule_set_can_be_pickled(base: RuleBook) -> None:
    again = pickle.loads(pickle.dumps(base))
    message = mail("Server e-SKA error sejak pagi")
    assert decide(message, EXTERNAL, again) == decide(message, EXTERNAL, base)


def test_owner_changes_on_its_day(base: RuleBook) -> None:
    service = base.services["A.15"]
    assert service.owner(date(2026, 12, 31)) == "pdsi"
    assert service.owner(date(2027, 1, 1)) == "aplikasi"


def test_agents_are_found_by_address_and_pattern(base: RuleBook) -> None:
    addresses = ("rina@kemendag.go.id", "X@PDSI.kemendag.go.id", "budi@contoh.co.id")
    units = [base.unit_of(address) for address in addresses]
    assert [unit.key if unit else None for unit in units] == ["pdsi", "pdsi", None]
