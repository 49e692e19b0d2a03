"""The language of a text, or that it can't be said."""

from __future__ import annotations

import pytest

from router.rulebook.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Selamat pagi, mohon bantuannya karena sistem tidak bisa dibuka.", "id"),
        ("gak bisa login nih min", "id"),
        ("Dear Sir, we would like to know the status of our certificate.", "en"),
        ("Thanks", "en"),
        ("SELAMAT PAGI, MOHON DIBANTU", "id"),
        ("Form D 2026/0001", None),
        ("", None),
        ("Mohon bantuan. Please help. Terima kasih. Thank you.", None),
        ("数据 заявка", None),
    ],
)
def test_language_of(text: str, language: str | None) -> None:
    assert language_of(text) == language
