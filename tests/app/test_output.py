"""Output: tables for people, JSON lines for programs, and nothing out of a stranger's mail that steers a terminal."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.app import output
from router.rulebook.problem import Problem

ROWS = [
    {
        "number": "HERO-2026-000001",
        "subject": "Kenapa e-SKA?",
        "messages": 12,
        "at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    },
    {"number": "HERO-2026-000002", "subject": None, "messages": None, "at": None},
]


def test_a_table_is_read_by_people(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(ROWS, as_json=False)
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "number             subject         messages   at",
        "─" * 62,
        "HERO-2026-000001   Kenapa e-SKA?         12   2026-01-02 03:04",
        "HERO-2026-000002",
    ]


def test_json_is_one_object_a_line_in_utf8(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output.emit(
        iter([{"a": "é", "b": (1, 2), "at": ROWS[0]["at"], "p": Path("x"), "s": {"b", "a"}}, {"a": None}]), as_json=True
    )
    first, second = capfdbinary.readouterr().out.decode("utf-8").splitlines()
    assert json.loads(first) == {"a": "é", "b": [1, 2], "at": "2026-01-02T03:04:00+00:00", "p": "x", "s": ["a", "b"]}
    assert second == '{"a": null}'


def test_columns_choose_what_a_table_shows(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit(ROWS, as_json=False, columns=("messages",))
    assert capsys.readouterr().out.split() == ["messages", "────────", "12"]


def test_nothing_makes_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit([], as_json=False)
    output.emit([], as_json=True)
    assert capsys.readouterr().out == ""


def test_a_pipe_gets_long_cells_whole(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("subject",), [["x" * 300]])
    assert "x" * 300 in capsys.readouterr().out


def test_markup_in_a_subject_is_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("subject",), [["[bold]hi[/bold] :smile:"]])
    assert "[bold]hi[/bold] :smile:" in capsys.readouterr().out


@given(st.text())
def test_no_cell_can_steer_a_terminal(text: str) -> None:
    shown = output.cell(text)
    assert not any(ord(mark) < 32 or 127 <= ord(mark) < 160 or mark in "\u202e\u2066" for mark in shown)


def test_problems_go_to_standard_error_with_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    output.problems([Problem("a.toml", 3, 1, "wrong", "right"), Problem("b", 0, 0, "odd", severity="warning")])
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "a.toml:3:1: wrong; right\nwarning: b: odd\n"


def test_colour_is_for_terminals_and_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen:
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert output.console(Screen()).color_system  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert output.console(Screen()).no_color  # type: ignore[arg-type]
    assert output.console().color_system is None
