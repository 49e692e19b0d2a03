"""TOML with places: lines and columns are those that an editor shows."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from router.rulebook.source import Source, nearest, parse, read
from router.rulebook.validate import validate

TEXT = """code = "x"
list = ["a",
  "b"]
zone = { name = "é", y = 3 }

[[signal]]
weight = 1
[[signal]]
weight = 2
any = ["q"]

[unit."a b"]
name = "n"
"""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Signal(Strict):
    weight: float
    any: list[str] = Field(default_factory=list)


class Shape(Strict):
    code: str
    kind: Literal["one", "two"] = "one"
    signal: list[Signal] = Field(default_factory=list)
    unit: dict[str, Signal] = Field(default_factory=dict)


def source(text: str) -> Source:
    found, problems = parse(text, "f.toml")
    assert problems == ()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        (("code",), (1, 8)),
        (("list", 1), (3, 3)),
        (("zone", "y"), (4, 26)),
        (("signal", 0, "weight"), (7, 10)),
        (("signal", 1), (8, 1)),
        (("signal", 1, "any", 0), (10, 8)),
        (("signal", 1, "missing"), (8, 1)),
        (("unit", "a b", "name"), (13, 8)),
        (("nothing",), (1, 1)),
    ],
)
def test_place_of_a_value(loc: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert source(TEXT).place(loc) == place


def test_columns_count_characters_not_bytes() -> None:
    line = TEXT.splitlines()[3]
    assert source(TEXT).place(("zone", "y"), key=True) == (4, line.index("y =") + 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 1\na = 2\n", "f.toml:2:1: duplicate key; not valid TOML"),
        ("a = [\n", "f.toml:2:1: unclosed array, expected `]`; not valid TOML"),
        ("= 1\n", "f.toml:1:1: "),
    ],
)
def test_syntax_errors_have_a_place(text: str, said: str) -> None:
    found, (problem,) = parse(text, "f.toml")
    assert found is None
    assert str(problem).startswith(said)


def test_unreadable_files_are_problems(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'a = 1\nb = "\xe9"\n')
    assert [str(p) for p in read(tmp_path / "latin.toml", "latin.toml")[1]] == [
        "latin.toml:2:1: not UTF-8; save the file as UTF-8"
    ]
    assert [str(p) for p in read(tmp_path / "none.toml", "none.toml")[1]] == [
        "none.toml: cannot be read: No such file or directory"
    ]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbfa = 1\n")
    found, problems = read(tmp_path / "bom.toml")
    assert problems == ()
    assert found is not None
    assert found.value == {"a": 1}


def test_every_fault_of_a_file_at_once() -> None:
    table, problems = validate(source('kind = "on"\n[[signal]]\nweigth = 1\n[[signal]]\nweight = "x"\n'), Shape)
    assert table is None
    assert sorted(str(p) for p in problems) == [
        'f.toml:1:1: missing key "code"',
        'f.toml:1:8: "kind" is "on": not one of one, two; did you mean "one"?',
        'f.toml:3:1: signal 1: unknown key "weigth"; did you mean "weight"?',
        'f.toml:5:10: signal 2: "weight" is "x": must be a number',
    ]


def test_unknown_keys_alone_leave_something_to_check_further() -> None:
    table, problems = validate(source('code = "x"\nkode = "y"\n'), Shape)
    assert [str(p) for p in problems] == ['f.toml:2:1: unknown key "kode"; did you mean "code"?']
    assert table is not None
    assert table.code == "x"


def test_codes_are_not_guessed() -> None:
    assert nearest("A.13", ["A.14", "A.15"]) == "known: A.14, A.15"
    assert nearest("pdsii", ["pdsi", "triage"]) == 'did you mean "pdsi"?'
    assert nearest("zzzzzz", [f"name{i}" for i in range(50)]) == ""
