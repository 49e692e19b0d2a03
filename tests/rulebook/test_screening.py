"""screen.toml: what is spam by its words or its sender, and what only speaks of spam."""

from __future__ import annotations

import pytest

from router.rulebook.book import RuleBook
from router.rulebook.screening import screen

from .conftest import mail


@pytest.mark.parametrize(
    ("text", "sender", "reason"),
    [
        ("Main slot gacor hari ini", "a@b.example", 'its words weigh 6.0: "slot gacor"'),
        ("Halo", "Promo@judi.example", 'From is promo@judi.example: blocked by "*@judi.example" in screen.toml'),
    ],
)
def test_spam(base: RuleBook, text: str, sender: str, reason: str) -> None:
    verdict = screen(mail(text, sender=sender), base)
    assert verdict is not None
    assert (verdict.name, verdict.reason) == ("spam", reason)


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("Kami melaporkan email slot gacor yang masuk", "a@b.example"),
        ("Fwd: slot gacor", "rina@kemendag.go.id"),
        ("e-SKA tidak bisa dibuka", "a@b.example"),
    ],
)
def test_no_spam(base: RuleBook, text: str, sender: str) -> None:
    assert screen(mail(text, sender=sender), base) is None
