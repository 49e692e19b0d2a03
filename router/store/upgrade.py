"""The schema's version: made or migrated by Alembic, compared without it (importing Alembic takes longer than a start may)."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from router.store import schema
from router.store.engine import Database
from router.store.schema import REVISION

SCRIPTS = Path(__file__).with_name("migrations")


class SchemaMismatch(Exception):  # noqa: N818  # it says what is so, not whose error
    """The database's schema isn't this program's; the message says what to do (in Indonesian, for the administrator)."""


class Schema(Database):
    """Making, migrating and checking the schema."""

    def is_empty(self) -> bool:
        """True if there is no database file yet, or nothing in it."""
        if self._missing():
            return True
        with self.read() as connection:
            return not inspect(connection).get_table_names()

    def revision(self) -> str | None:
        """The migration that the database stands at; None if it has none. Makes no file."""
        if self._missing():
            return None
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return None if found is None else str(found)

    def require_current(self) -> None:
        """Nothing if the schema is this program's; else raises SchemaMismatch."""
        found = self.revision()
        if found == REVISION:
            return
        if found is None:
            raise SchemaMismatch("skema basis data belum ada; jalankan `hero-router db upgrade`")
        if found < REVISION:
            raise SchemaMismatch(
                f"skema basis data ({found}) lebih lama daripada program ({REVISION}); "
                "buat cadangan, lalu jalankan `hero-router db upgrade`"
            )
        raise SchemaMismatch(
            f"skema basis data ({found}) lebih baru daripada program ({REVISION}); "
            "pasang hero-router yang lebih baru, atau pulihkan cadangan dari sebelum pemutakhiran"
        )

    def make(self) -> None:
        """The schema of an empty database, without Alembic: it takes longer to load than a start may. Does nothing to a
        database that another process made meanwhile."""
        self._make_file()
        with self.write() as connection:
            if not inspect(connection).get_table_names():
                schema.metadata.create_all(connection)
                connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
                connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REVISION})

    def upgrade(self) -> None:
        """Make the schema or migrate it to this program's, in one transaction. Raises SchemaMismatch for a newer one."""
        from alembic import command
        from alembic.config import Config

        found = self.revision()
        if found is not None and found > REVISION:
            self.require_current()
        self._make_file()
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        with self.write() as connection:  # another process that upgrades waits here and finds it done
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def _missing(self) -> bool:
        file = self.file
        return file is not None and (not file.exists() or file.stat().st_size == 0)

    def _make_file(self) -> None:
        """People's mail is in there: nobody but the owner reads it (SQLite gives its side files the same mode)."""
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.touch(mode=0o600)
