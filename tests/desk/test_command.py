"""Commands at the top of an agent's reply."""

from __future__ import annotations

import pytest

from router.desk.agent import needs_opening
from router.desk.command import WORDS, chosen, read
from tests.desk.made import policy


def understood(text: str) -> list[tuple[str, str]]:
    found = read(text, policy().book)
    assert found.mistakes == ()
    return [(one.name, one.argument) for one in found.commands]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_each_example_and_its_english_name_are_understood(word) -> None:  # type: ignore[no-untyped-def]
    english = word.example.replace(f"#{word.name}", f"#{word.english}", 1)
    assert understood(word.example) == understood(english)
    assert understood(word.example)[0][0] == word.name


@pytest.mark.parametrize("line", ["#Ambil", "# ambil", "  #ambil", "#ambil.", "##AMBIL", "#take"])
def test_as_people_and_phones_write_them(line: str) -> None:
    assert understood(line) == [("ambil", "")]


def test_any_space_parts_a_name_from_its_argument() -> None:
    assert understood("#alih\N{NO-BREAK SPACE}A.14") == understood("#alih \t A.14") == [("alih", "A.14")]


def test_several_commands_and_the_words_below() -> None:
    found = read("\n#ambil\n\n#prioritas tinggi\n\nSedang kami periksa.\n#bukan perintah\n", policy().book)
    assert [one.name for one in found.commands] == ["ambil", "prioritas"]
    assert found.argument("prioritas") == "high"
    assert found.words == "Sedang kami periksa.\n#bukan perintah"


@pytest.mark.parametrize("line", ["#selesay", "#alih Z.99", "#jenis aneh", "#ambil sekarang juga", "#", "#1"])
def test_what_is_not_understood_is_a_mistake(line: str) -> None:
    found = read(f"{line}\nSudah.", policy().book)
    assert [one.line for one in found.mistakes] == [line]
    assert found.commands == ()


def test_a_near_miss_is_told() -> None:
    assert "#selesai" in read("#selesay", policy().book).mistakes[0].why


@pytest.mark.parametrize(
    ("text", "number"), [("2", 2), ("\n 1. \nterima kasih", 1), ("3)", 3), ("4", None), ("2 orang", None), ("", None)]
)
def test_a_customers_choice(text: str, number: int | None) -> None:
    assert chosen(text) == number


def test_what_needs_the_first_message_again() -> None:
    assert all(needs_opening(text) for text in ("#alih A.14", "#ambil\n# MOVE A.14", "2\n"))
    assert not any(needs_opening(text) for text in ("#alihkan", "Halo", "", "#ambil"))
