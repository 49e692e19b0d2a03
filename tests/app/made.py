"""Values for the app's tests: settings of a mailbox, its intake and watch, and mail."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from router.app.assemble import imap_settings
from router.app.intake import BatchLimits, Intake
from router.app.settings import Imap, Mailbox
from router.app.stages import Stages
from router.app.watch import Watch
from router.desk.policy import Policy
from router.store.database import Store
from router.wire.imap import Mailbox as Box
from tests.desk.made import policy

PASSWORD = "rahasia"
PATIENCE = 10.0
LIMITS = BatchLimits(messages=50, total_bytes=8_000_000, message_bytes=200_000)


def now() -> datetime:
    return datetime.now(UTC)


def mailbox(port: int, user: str, name: str = "hero", **imap: Any) -> Mailbox:
    """A mailbox's settings; what isn't named is as in the configuration's defaults."""
    given = {"host": "127.0.0.1", "port": port, "security": "plain", "user": user, "timeout_seconds": 5} | imap
    return Mailbox(name=name, address=f"{name}@kemendag.go.id", imap=Imap(password=SecretStr(PASSWORD), **given))


def intake(store: Store, box: Mailbox | None = None, with_policy: Policy | None = None, **limits: int) -> Intake:
    """The intake of a mailbox, on the shipped rules."""
    folders = (box.imap.done_folder, box.imap.failed_folder) if box else ("", "")
    bounds = BatchLimits(**({name: getattr(LIMITS, name) for name in LIMITS.__slots__} | limits))
    chosen = with_policy or policy()
    return Intake(box.name if box else "hero", store, Stages(lambda: chosen), chosen.zone, now, bounds, folders)


def watch(store: Store, box: Mailbox, owner: str = "test|1|0") -> Watch:
    """The thread that watches a mailbox, not started yet."""
    return Watch(box, intake(store, box), store, now, lambda: None, owner)


def connected(box: Mailbox) -> Box:
    """An open connection to the mailbox's folder."""
    made = Box(imap_settings(box))
    made.connect()
    return made


def mail(number: int, sender: str = "", text: str = "", to: str = "hero@kemendag.go.id", **fields: str) -> bytes:
    """A customer's mail about e-SKA, each number another."""
    author = sender or f"pelanggan{number}@luar.example"
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    body = text or f"Sistem e-SKA tidak bisa dibuka, halaman putih, nomor {number}."
    return (
        f"From: Pelanggan <{author}>\r\nTo: {to}\r\nSubject: e-SKA error {number}\r\n"
        f"Message-ID: <m{number}@luar.example>\r\n{more}\r\n{body}\r\n"
    ).encode()


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
