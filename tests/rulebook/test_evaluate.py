"""The report over labelled mail: sums, confusions, and the words that misled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from router.rulebook.book import RuleBook
from router.rulebook.corpus import half_of, read
from router.rulebook.evaluate import details, evaluate, main, summary

from .conftest import BASE


def entry(identity: str, text: str, service: str | None, **label: Any) -> str:
    return json.dumps(
        {
            "id": identity,
            "mailbox": "hero",
            "from_name": "Ani",
            "from_addr": "ani@kemendag.go.id",
            "subject": "",
            "text": text,
            "label": {
                "screen": "accept",
                "service": service,
                "type": "kendala",
                "audience": "internal",
                "eligible": True,
                "letter": "not-required",
                **label,
            },
            "tags": [],
        }
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "mails.jsonl"
    lines = [
        entry("one", "TNDE error", "A.18"),
        entry("two", "Intranet error", "A.18", also=["A.16"], type="permohonan"),
        entry("three", "TNDE gagal", "A.16"),
        entry("four", "Halo", None, type=None),
        entry("five", "slot gacor", None, screen="spam", type=None),
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_report(base: RuleBook, corpus: Path) -> None:
    report = evaluate(base, read([corpus]))
    assert str(report.score("service")) == " 75.0%  (3/4)"
    assert str(report.score("type")) == "100.0%  (4/4)"
    assert str(report.score("screen")) == " 80.0%  (4/5)"  # an internal sender is never spam by words
    assert str(report.sure_right) == " 66.7%  (2/3)"
    assert report.confusions() == [("A.16", "A.18", 1)]
    assert summary(report)[0] == "service      75.0%  (3/4)"
    assert any(line.startswith("three [service] A.16 kendala not-required → A.18 kendala") for line in details(report))
    assert any("(body: TNDE)" in line for line in details(report))


def test_halves_are_a_partition(corpus: Path) -> None:
    even, odd = ({m.id for m in read([corpus], half)} for half in ("even", "odd"))
    assert even | odd == {"one", "two", "three", "four", "five"}
    assert not even & odd
    assert half_of("one") == "even"


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "x"}\n')
    with pytest.raises(ValueError, match=r"bad\.jsonl:1: no labelled mail"):
        list(read([path]))


def test_command_line(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpus), "--rules", str(BASE), "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "service      75.0%  (3/4)"


def test_command_line_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rules", str(tmp_path)]) == 1
    assert "is missing" in capsys.readouterr().err
