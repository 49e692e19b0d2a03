"""What the app's tests stand on: a real database file, a real Dovecot with a fresh account a test, the shipped rules."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from router.store.database import Store
from tests.app.made import PASSWORD
from tests.desk.made import ROOT
from tests.servers.dovecot import Dovecot

ACCOUNTS = [f"box{number}@kemendag.go.id" for number in range(40)]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the current schema, made once: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "hero.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    store.close()
    return path


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty store of one's own."""
    path = tmp_path / "hero.db"
    path.write_bytes(template.read_bytes())
    made = Store(f"sqlite:///{path}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot(dict.fromkeys(ACCOUNTS, PASSWORD)) as made:
        yield made


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return iter(count())


@pytest.fixture
def account(numbers: Iterator[int]) -> str:
    """The user of an IMAP account that no other test has."""
    return ACCOUNTS[next(numbers)]


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped rules without their examples, which take time and are tested elsewhere."""
    directory = tmp_path_factory.mktemp("shipped") / "rules"
    shutil.copytree(ROOT / "rules", directory)
    for file in directory.rglob("*.toml"):
        file.write_text(file.read_text("utf-8").split("\n[[example]]")[0] + "\n", "utf-8")
    return directory
