"""What may be wrong between the keys of `config.toml`: an ordered table of checks.

They look at the file's raw values, tolerant of anything, so that they find what they can in a file with other faults.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from router.app.secrets import WAYS, absence, open_to_all
from router.rulebook.problem import Problem
from router.rulebook.source import Loc, Source

Check = Callable[[Source, Path], Iterator[Problem]]


def fault(
    source: Source, loc: Loc, message: str, hint: str = "", *, key: bool = False, severity: str = "error"
) -> Problem:
    """A problem at the value of that path, or at its key; the message names the table itself."""
    return Problem(source.path, *source.place(loc, key=key), message, hint, severity)


def _boxes(source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    boxes = source.value.get("mailbox")
    for place, box in enumerate(boxes if isinstance(boxes, list) else ()):
        if isinstance(box, dict):
            yield place, box


def _servers(source: Source) -> Iterator[tuple[Loc, dict[str, Any], str]]:
    """Each table that describes a server, with its path and what to call it."""
    for place, box in _boxes(source):
        if isinstance(imap := box.get("imap"), dict):
            yield ("mailbox", place, "imap"), imap, f'[mailbox.imap] of "{box.get("name", "?")}"'
    if isinstance(smtp := source.value.get("smtp"), dict):
        yield ("smtp",), smtp, "[smtp]"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def one_password(source: Source, base: Path) -> Iterator[Problem]:
    """A server has at most one way to its password; a login needs a name and a password."""
    for loc, server, name in _servers(source):
        given = [way for way in WAYS if way in server]
        for extra in given[1:]:
            message = f'{name} has both "{given[0]}" and "{extra}"'
            yield fault(source, (*loc, extra), message, "keep one of them", key=True)
        user = server.get("user")
        if (user or loc[0] == "mailbox") and not given:
            hint = f"add one of {', '.join(WAYS)}"
            yield fault(source, loc, f"{name} has no password", hint)
        if not user and (given or loc[0] == "mailbox"):
            yield fault(source, loc, f"{name} has no user", 'add user = "…": who logs in')


def encrypted(source: Source, base: Path) -> Iterator[Problem]:
    """Nothing goes over a network unencrypted unless the configuration says so in as many words."""
    for loc, server, name in _servers(source):
        host = server.get("host")
        if server.get("security") != "plain" or not isinstance(host, str) or server.get("allow_plaintext") is True:
            continue
        if not _is_loopback(host):
            message = f'{name} security = "plain": passwords and mail would go to {host} unencrypted'
            hint = 'use "tls" or "starttls", or add allow_plaintext = true if that network is safe'
            yield fault(source, (*loc, "security"), message, hint)


def mailboxes_differ(source: Source, base: Path) -> Iterator[Problem]:
    """No name, no address and no watched folder twice."""
    seen: dict[tuple[str, ...], int] = {}
    for place, box in _boxes(source):
        for key, loc, what in _identities(place, box):
            if (line := seen.get(key)) is not None:
                yield fault(source, loc, f"[[mailbox]] {what} stands twice", f"first in line {line}")
            seen.setdefault(key, source.line(*loc))


def _identities(place: int, box: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Loc, str]]:
    if isinstance(name := box.get("name"), str):
        yield ("name", name), ("mailbox", place, "name"), f'name = "{name}"'
    if isinstance(address := box.get("address"), str):
        yield ("address", address.lower()), ("mailbox", place, "address"), f'address = "{address}"'
    aliases = box.get("aliases")
    for index, alias in enumerate(aliases if isinstance(aliases, list) else ()):
        if isinstance(alias, str):
            yield ("address", alias.lower()), ("mailbox", place, "aliases", index), f'alias "{alias}"'
    if isinstance(imap := box.get("imap"), dict) and imap.get("host") and imap.get("user"):
        host, user, folder = (str(imap.get(key, "")) for key in ("host", "user", "folder"))
        port = str(imap.get("port", 993))
        key = ("folder", host.lower(), port, user, folder or "INBOX")
        yield key, ("mailbox", place, "imap"), f"with the folder {folder or 'INBOX'} of {user} at {host}"


def folders_differ(source: Source, base: Path) -> Iterator[Problem]:
    """Handled mail must not be moved into the folder that is watched."""
    for place, box in _boxes(source):
        imap = box["imap"] if isinstance(box.get("imap"), dict) else {}
        for key in ("done_folder", "failed_folder"):
            if imap.get(key) and imap.get(key) == imap.get("folder", "INBOX"):
                loc = ("mailbox", place, "imap", key)
                message = f'[mailbox.imap] {key} = "{imap[key]}" is the folder that is watched'
                yield fault(source, loc, message, 'name another, or "" to leave the mail where it is')


def believable(source: Source, base: Path) -> Iterator[Problem]:
    """Who must be authenticated can only be so by the name of the host that does it."""
    trust = source.value.get("trust")
    if not isinstance(trust, dict) or trust.get("authserv_id") != "" or trust.get("require_authentication") is False:
        return
    yield fault(
        source,
        ("trust", "authserv_id"),
        '[trust] authserv_id = "": nobody could ever be believed',
        "name the host that writes your Authentication-Results fields, or set require_authentication = false",
    )


def certificates(source: Source, base: Path) -> Iterator[Problem]:
    """A file of certificates must be there."""
    for loc, server, name in _servers(source):
        if isinstance(file := server.get("ca_file"), str) and not (base / Path(file).expanduser()).is_file():
            message = f'{name} ca_file = "{file}": there is no such file'
            yield fault(source, (*loc, "ca_file"), message, "relative paths are relative to the configuration file")


def secrets_are_there(source: Source, base: Path) -> Iterator[Problem]:
    """Each secret is where the configuration says."""
    for loc, server, name in _servers(source):
        for way in WAYS:
            if way in server and (reason := absence(way, server[way], base)):
                yield fault(source, (*loc, way), f"{name} {way}: {reason}")


def secrets_are_kept(source: Source, base: Path) -> Iterator[Problem]:
    """Files with secrets that everybody on this machine may read: a warning."""
    for loc, server, name in _servers(source):
        file = server.get("password_file")
        path = base / Path(file).expanduser() if isinstance(file, str) else None
        if server.get("password"):
            path, file = base / Path(source.path).name, Path(source.path).name
        if path and open_to_all(path):
            way = "password" if server.get("password") else "password_file"
            message = f"{name} {way}: everybody on this machine may read {file}"
            yield fault(source, (*loc, way), message, f"chmod 640 {file}", severity="warning")


# Each with whether it looks for secrets, which commands that only read do without.
CHECKS: tuple[tuple[Check, bool], ...] = (
    (one_password, False),
    (encrypted, False),
    (mailboxes_differ, False),
    (folders_differ, False),
    (believable, False),
    (certificates, False),
    (secrets_are_there, True),
    (secrets_are_kept, True),
)
