"""Passwords and access tokens: read at each login from where the configuration says, never kept, printed or logged.

So a changed password file or a fresh OAuth 2 token is taken up without a restart.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from router.app.settings import Server

COMMAND_SECONDS = 30
WAYS = ("password", "password_env", "password_file", "password_command")


class SecretUnavailable(Exception):  # noqa: N818  # it says what is so, not whose error
    """There is no secret where the configuration says; the text names the place, never a value."""


def reveal(server: Server) -> str:
    """The password or access token for a login at that server; "" where the configuration gives none.

    Raises SecretUnavailable.
    """
    if server.password is not None:
        return server.password.get_secret_value()
    for way in WAYS[1:]:
        if place := getattr(server, way):
            return _READERS[way](place)
    return ""


def _from_env(name: str) -> str:
    if not (value := os.environ.get(name, "")):
        raise SecretUnavailable(f"the environment variable {name} is not set or empty")
    return value


def _from_file(path: Path, shown: str | None = None) -> str:
    name = shown or path
    try:
        text = path.read_text("utf-8")
    except OSError as fault:
        raise SecretUnavailable(f"the file {name} can't be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise SecretUnavailable(f"the file {name} is not UTF-8") from None
    if not (value := text.split("\n", 1)[0].rstrip("\r")):
        raise SecretUnavailable(f"the first line of the file {name} is empty")
    return value


def _from_command(words: tuple[str, ...]) -> str:
    """The first line of what the command prints. Its standard error is not shown: it may quote the secret."""
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise SecretUnavailable(f"the command {words[0]} did not end within {COMMAND_SECONDS} s") from None
    except OSError as fault:
        raise SecretUnavailable(f"the command {words[0]} can't be run: {fault.strerror}") from None
    if done.returncode:
        raise SecretUnavailable(f"the command {words[0]} ended with exit code {done.returncode}")
    value = done.stdout.decode("utf-8", "replace").split("\n", 1)[0].rstrip("\r")
    if not value:
        raise SecretUnavailable(f"the command {words[0]} printed nothing")
    return value


_READERS: Mapping[str, Callable[[Any], str]] = {
    "password_env": _from_env,
    "password_file": _from_file,
    "password_command": _from_command,
}


def absence(way: str, place: Any, base: Path) -> str | None:
    """Why that way (one of WAYS) would give no secret, in words without it; None if it will. A command is looked for, not
    run. `place` is as the configuration has it, relative paths are relative to `base`; of a wrong type, None."""
    try:
        if way == "password_env" and isinstance(place, str):
            _from_env(place)
        elif way == "password_file" and isinstance(place, str):
            _from_file(base / Path(place).expanduser(), place)
        elif way == "password_command" and isinstance(place, list) and place and isinstance(place[0], str):
            return None if shutil.which(place[0]) else f"there is no command {place[0]}"
    except SecretUnavailable as fault:
        return str(fault)
    return None


def open_to_all(path: Path) -> bool:
    """Whether everybody on this machine may read that file; False where there is none, or no such permissions."""
    try:
        return os.name == "posix" and bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
