"""IDLE (RFC 2177) over an imaplib connection, without a missed push and without a spin.

imapclient's own `idle_check` polls the bare socket: a push that came in the same packet as the continuation lies already
in imaplib's buffer and is missed, and after EOF it returns at once for ever. Here the buffer is looked at first, and
every slice ends with DONE and its tagged answer, which raises when the line is dead.
"""

from __future__ import annotations

import selectors
import socket
import ssl
from typing import Any

NEWS = ("EXISTS", "RECENT", "EXPUNGE", "FETCH")


def idle(imap: Any, wake: socket.socket, seconds: float) -> bool:
    """One slice: until the server speaks, `wake` becomes readable (it isn't read) or `seconds` are over.

    `imap` is an `imaplib.IMAP4` with a folder selected and a time-out on its socket. True: the server said something.
    Raises what imaplib raises: `IMAP4.abort` on EOF and BYE, `IMAP4.error` when IDLE is refused, OSError.
    """
    tag = imap._command("IDLE")
    spoke = _until_continuation(imap, tag) or _buffered(imap)
    if not spoke:
        spoke = imap.sock in wait_readable((imap.sock, wake), seconds)
    imap.send(b"DONE\r\n")
    kind, data = imap._command_complete("IDLE", tag)
    if kind != "OK":
        raise imap.error(f"IDLE: {data}")
    news = any(name in imap.untagged_responses for name in NEWS)
    imap.untagged_responses.clear()  # imaplib keeps every push for ever otherwise
    return spoke or news


def wait_readable(sockets: tuple[socket.socket, ...], seconds: float) -> frozenset[socket.socket]:
    """Those of the sockets that can be read, as soon as one can; none after `seconds`."""
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        ready = {key.fd for key, _ in selector.select(seconds)}
    return frozenset(one for one in sockets if one.fileno() in ready)


def _until_continuation(imap: Any, tag: bytes) -> bool:
    """Read up to the ``+``. True: the server pushed something before it, as RFC 3501, 7 lets it."""
    early = False
    while imap._get_response() is not None:
        if imap.tagged_commands[tag]:
            raise imap.error(f"IDLE: {imap.tagged_commands[tag]}")
        early = True
    return early


def _buffered(imap: Any) -> bool:
    """Have bytes been read from the socket already that imaplib hasn't parsed?"""
    if getattr(imap, "_readbuf", None) is not None:  # Python 3.14 keeps them in a list of its own
        return bool(imap._readbuf) or bool(getattr(imap.sock, "pending", int)())
    if getattr(imap.sock, "pending", int)():
        return True
    seconds = imap.sock.gettimeout()
    imap.sock.setblocking(False)
    try:
        return bool(imap.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        imap.sock.settimeout(seconds)
