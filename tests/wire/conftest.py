"""Servers of their own for each test: a Dovecot starts in a tenth of a second."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from router.wire.imap import ImapSettings, Mailbox
from tests.servers.dovecot import Dovecot
from tests.servers.imap_script import ScriptedImap

USER = "hero@kemendag.test"
SECRET = 'räha sia"\\'


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({USER: SECRET}) as server:
        yield server


def settings(port: int, **changes: Any) -> ImapSettings:
    given: dict[str, Any] = {
        "host": "127.0.0.1", "port": port, "security": "plain", "user": USER, "secret": lambda: SECRET,
        "connect_timeout": 3.0, "read_timeout": 3.0,
    }  # fmt: skip
    return ImapSettings(**{**given, **changes})


@pytest.fixture
def mailbox() -> Iterator[Callable[..., Mailbox]]:
    """Opens a mailbox on a server (Dovecot or scripted), with changed settings, and closes it after the test."""
    with ExitStack() as stack:

        def opened(server: Dovecot | ScriptedImap, **changes: Any) -> Mailbox:
            if isinstance(server, ScriptedImap):
                box = Mailbox(settings(server.port, secret=lambda: "rahasia", **changes))
            else:
                box = Mailbox(settings(changes.pop("port", server.imap_port), **changes))
            stack.callback(box.close)
            box.connect()
            return box

        yield opened


@pytest.fixture
def wake() -> Iterator[tuple[socket.socket, socket.socket]]:
    """(the end that `wait` watches, the end that wakes it)."""
    watched, waker = socket.socketpair()
    with watched, waker:
        yield watched, waker
