"""Folders as a server names them, and what is put into them. `client` is an `imapclient.IMAPClient`, logged in."""

from __future__ import annotations

import imaplib
from collections.abc import Callable
from typing import Any

from router.wire.faults import Refused, passes, words


def server_name(client: Any, folder: str) -> str:
    """The folder in the server's own form: its separator, and its prefix (``INBOX.`` at some houses; RFC 2342)."""
    if folder.upper() == "INBOX" or not client.has_capability("NAMESPACE"):
        return folder
    prefix, separator = (client.namespace().personal or (("", "/"),))[0]
    name = folder.replace("/", separator or "/")
    return name if name.startswith(prefix) else f"{prefix}{name}"


def move(client: Any, uids: list[int], name: str) -> None:
    """MOVE (RFC 6851), or else COPY, \\Deleted, and UID EXPUNGE where UIDPLUS (RFC 4315) is offered.

    A bare EXPUNGE would remove what other clients have marked; without UIDPLUS the mark has to do.
    """
    if client.has_capability("MOVE"):
        client.move(uids, name)
        return
    client.copy(uids, name)
    client.add_flags(uids, [rb"\Deleted"], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)


def into(client: Any, name: str, where: str, act: Callable[[], object]) -> None:
    """Act on a folder; where the server says NO because it is missing, make it and act again.

    Raises Refused when it can't be made, or is there but takes nothing (quota, rights).
    """
    try:
        act()
    except imaplib.IMAP4.error as error:
        if isinstance(error, imaplib.IMAP4.abort) or passes(error):
            raise
        if client.folder_exists(name):
            raise Refused(f"{where}: folder {name!r} menolak pesan ({words(error)}); periksa kuota dan hak") from error
        _make(client, name, where)
        act()


def _make(client: Any, name: str, where: str) -> None:
    try:
        client.create_folder(name)
        client.subscribe_folder(name)
    except imaplib.IMAP4.error as error:
        if isinstance(error, imaplib.IMAP4.abort) or passes(error):
            raise
        raise Refused(f"{where}: folder {name!r} tidak bisa dibuat ({words(error)}); periksa nama dan hak") from error
