"""Database: the connection to SQLite or PostgreSQL, its transactions, and what failures of the outside become.

The only place where the two databases differ in how they are opened and how a transaction begins. Knows no table.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, exc, make_url

BUSY_SECONDS = 15  # how long a writer waits for another process; a batch holds the lock for some 20 ms
CONNECTIONS = 8
PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",  # with NORMAL a power cut loses commits after the mail was told done to the server
    "foreign_keys=ON",
    "cache_size=-2000",  # KB a connection: the system's own cache holds the rest once for all
    "wal_autocheckpoint=2000",
    "journal_size_limit=67108864",
)


class StoreUnavailable(Exception):  # noqa: N818  # it says what is so, not whose error
    """The database can't be reached, is locked for too long, or its disk is full: try again later.

    `reason` is for the administrator, in Indonesian.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Database:
    """An engine with serialised writes. Any thread may read and write; several processes may share the database."""

    def __init__(self, url: str) -> None:
        """`url` is SQLAlchemy's (``sqlite:///var/hero.db``, ``postgresql+psycopg://…``). Opens nothing yet."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = (
            _sqlite_engine(url) if self.is_sqlite else create_engine(url, pool_pre_ping=True, pool_size=CONNECTIONS)
        )
        self._writer = self._engine.execution_options(write=True)
        # SQLite has one writer at a time: threads of ours queue fairly here rather than by its sleeping retries.
        self._gate: AbstractContextManager[Any] = threading.RLock() if self.is_sqlite else nullcontext()

    @property
    def file(self) -> Path | None:
        """The database file; None if it isn't one (PostgreSQL, in memory)."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads: one consistent view. Raises StoreUnavailable."""
        with outside(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back by any exception. Raises StoreUnavailable."""
        with outside(), self._gate, self._writer.begin() as connection:
            yield connection

    def insert_new(self, table: Table) -> Insert:
        """INSERT that skips rows which are there already."""
        if self.is_sqlite:
            from sqlalchemy.dialects import sqlite

            return sqlite.insert(table).on_conflict_do_nothing()
        from sqlalchemy.dialects import postgresql  # a tenth of a second that SQLite need not pay

        return postgresql.insert(table).on_conflict_do_nothing()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=24, pool_use_lifo=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that savepoints and DDL are transactional
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once if another wrote meanwhile: lock from the start.
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def outside() -> Iterator[None]:
    """Turn failures of the outside (disk, lock, network) into StoreUnavailable; all other exceptions pass."""
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreUnavailable("semua sambungan ke basis data sedang terpakai; coba lagi nanti") from error
    except exc.DBAPIError as error:
        if not is_outside(error):
            raise
        raise StoreUnavailable(_reason(error)) from error


def is_outside(error: BaseException) -> bool:
    """True for a failure that has nothing to do with what was to be written."""
    if isinstance(error, exc.IntegrityError | exc.DataError | exc.ProgrammingError):
        return False
    return isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError | exc.TimeoutError) or (
        type(error) is exc.DatabaseError  # sqlite3: "file is not a database", "disk image is malformed"
    )


_REASONS = (  # part of the driver's text, what it means for the administrator
    ("disk is full", "disk penuh; kosongkan ruang di partisi basis data"),
    ("disk i/o error", "disk gagal dibaca atau ditulisi; periksa disk dan ruang kosongnya"),
    ("locked", "basis data sedang dikunci proses lain; periksa apakah ada proses yang macet"),
    ("unable to open", "berkas basis data tidak dapat dibuka; periksa jalur dan izin direktorinya"),
    ("readonly", "berkas basis data tidak dapat ditulisi; periksa izinnya"),
    ("not a database", "berkas itu bukan basis data SQLite; periksa database.url"),
    ("malformed", "berkas basis data rusak; pulihkan dari cadangan"),
    ("no such table", "skema basis data belum ada; jalankan `hero-router db upgrade`"),
    ("connection", "server basis data tidak dapat dihubungi; periksa database.url dan servernya"),
)


def _reason(error: BaseException) -> str:
    """What happened, for the administrator. SQLite rolls back by itself when the disk is full, and then the release of a
    savepoint fails as well: the cause stands in the context of the error that is seen."""
    said: list[str] = []
    at: BaseException | None = error
    while at is not None:
        said.append(str(at.orig) if isinstance(at, exc.DBAPIError) else str(at))
        at = at.__context__
    for text in said:
        for part, meaning in _REASONS:
            if part in text.lower():
                return f"{meaning} ({text.strip().splitlines()[0]})"
    return f"basis data gagal dipakai ({said[0].strip()})"
