from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from router.store import schema
from router.store.database import SchemaMismatch, Store, StoreUnavailable
from router.store.upgrade import SCRIPTS


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_database_that_is_not_there_is_empty_and_stays_so(tmp_path: Path) -> None:
    store = Store(url(tmp_path / "hero.db"))
    assert store.is_empty()
    with pytest.raises(SchemaMismatch, match="hero-router db upgrade"):
        store.require_current()
    assert list(tmp_path.iterdir()) == []


def test_upgrade_makes_the_schema_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "hero.db"
    store = Store(url(path))
    store.upgrade()
    store.upgrade()
    store.require_current()
    assert not store.is_empty()
    assert path.stat().st_mode & 0o077 == 0


def test_the_revision_constant_is_the_head_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.REVISION]


def test_migrations_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


@pytest.mark.parametrize(("found", "says"), [("0000", "lebih lama.*db upgrade"), ("9999", "lebih baru.*pasang")])
def test_another_schema_is_refused_with_what_to_do(store: Store, path: Path, found: str, says: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [found])
    with pytest.raises(SchemaMismatch, match=says):
        store.require_current()


def test_a_newer_schema_is_not_touched_by_upgrade(store: Store, path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="lebih baru"):
        store.upgrade()
    assert store.revision() == "9999"


def test_two_processes_that_upgrade_at_once_make_one_schema(tmp_path: Path) -> None:
    path = tmp_path / "hero.db"
    code = f"from router.store.database import Store; Store({url(path)!r}).upgrade()"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [p.wait(60) for p in running] == [0, 0]
    Store(url(path)).require_current()


def test_opening_does_not_import_alembic(path: Path) -> None:
    code = "import sys; from router.store.database import Store; "
    code += f"Store({url(path)!r}).require_current(); assert 'alembic' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_file_that_is_no_database_is_a_failure_of_the_outside(tmp_path: Path) -> None:
    path = tmp_path / "hero.db"
    path.write_bytes(b"this is text, and no database at all " * 100)
    with pytest.raises(StoreUnavailable, match="bukan basis data"):
        Store(url(path)).require_current()


def test_the_settings_that_make_sqlite_safe_are_in_force(store: Store) -> None:
    with store.read() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


def shape(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table's columns, foreign keys and indexes, as SQLite itself tells them."""
    with sqlite3.connect(path) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {
            # Without the running number of each row: constraints have no order.
            f"{name}.{pragma}": sorted((row[1:] for row in connection.execute(f"PRAGMA {pragma}('{name}')")), key=str)
            for name in names
            for pragma in ("table_info", "foreign_key_list")
        } | {
            "indexes": sorted(
                connection.execute(
                    'SELECT m.tbl_name, l."unique", l.origin, l.partial, i.seqno, i.name FROM sqlite_master m '
                    "JOIN pragma_index_list(m.tbl_name) l JOIN pragma_index_info(l.name) i WHERE m.type = 'table'"
                ),
                key=str,
            )
        }


def test_a_schema_made_at_once_is_the_one_that_migrations_make(tmp_path: Path) -> None:
    made, migrated = tmp_path / "made.db", tmp_path / "migrated.db"
    Store(url(made)).make()
    Store(url(migrated)).upgrade()
    Store(url(made)).require_current()
    assert shape(made) == shape(migrated)


def test_making_a_schema_leaves_one_that_is_there_alone(store: Store) -> None:
    revision = store.revision()
    store.make()
    assert store.revision() == revision
