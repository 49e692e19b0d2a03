"""A store on a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from router.store.database import Store


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the current schema, made once: migrating takes longer than the tests."""
    path = tmp_path_factory.mktemp("template") / "hero.db"
    store = Store(f"sqlite:///{path}")
    store.upgrade()
    with store.write() as connection:
        connection.exec_driver_sql("SELECT 1")
    store.close()
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    """The file of an empty database."""
    copy = tmp_path / "hero.db"
    copy.write_bytes(template.read_bytes())
    return copy


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(f"sqlite:///{path}")
    yield made
    made.close()
