"""A small rule set to start from, and messages without the noise."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from router.mail.message import Address, Attachment, Message
from router.rulebook.book import RuleBook, load
from router.rulebook.decision import Circumstances
from router.rulebook.example import message_of

BASE = Path(__file__).parent / "base"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the base rule set as ``rules`` in the working directory."""
    shutil.copytree(BASE, tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    return Path("rules")


@pytest.fixture(scope="session")
def base() -> RuleBook:
    """The base rule set, loaded."""
    book, problems = load(BASE)
    assert problems == ()
    assert book is not None
    return book


@pytest.fixture
def book_with(rules: Path) -> Callable[..., RuleBook]:
    """The base rule set with further text at the end of files: ``book_with(routing="[[rule]] …", a14="…")``."""

    def make(**added: str) -> RuleBook:
        for name, text in added.items():
            path = next(rules.rglob(f"{name}*.toml"), rules / f"{name}.toml")
            path.write_text((path.read_text() if path.exists() else "") + "\n" + text)
        book, problems = load(rules)
        assert problems == ()
        assert book is not None
        return book

    return make


def mail(
    text: str,
    subject: str = "",
    *,
    sender: str = "budi@contoh.co.id",
    attachments: tuple[tuple[str, str], ...] = (),
    fields: tuple[tuple[str, str], ...] = (),
    to: tuple[str, ...] = (),
    size: int | None = None,
) -> Message:
    """A message of a person; attachments as (file name, content type)."""
    files = tuple(Attachment(name, kind, 10, "0" * 64, False, b"") for name, kind in attachments)
    made = message_of(text, subject)
    return replace(
        made,
        from_=Address("", sender),
        to=tuple(Address("", a) for a in to),
        attachments=files,
        fields=fields,
        size=made.size if size is None else size,
    )


EXTERNAL = Circumstances("hero", "external", authenticated=True)
INTERNAL = Circumstances("hero", "internal", authenticated=True)
