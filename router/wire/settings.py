"""Settings of both protocols: values only, so that reading a configuration loads no client library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from router.wire.faults import Refused, words

# "tls": encrypted from the first byte (RFC 8314); "starttls": upgraded or given up, never in clear text; "plain": none.
Security = Literal["tls", "starttls", "plain"]
Auth = Literal["login", "xoauth2"]


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """Where and as whom. `secret` gives the password, or the access token for "xoauth2", anew for each login.

    `read_only`: the folder is opened by EXAMINE, and moving is refused. Times are in seconds; `ca_file` is PEM and
    trusted beside the system's CAs.
    """

    host: str
    port: int
    security: Security
    user: str
    secret: Callable[[], str] = field(repr=False)
    auth: Auth = "login"
    folder: str = "INBOX"
    idle: bool = True
    poll_seconds: float = 60.0
    ca_file: Path | None = None
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    read_only: bool = False

    @property
    def where(self) -> str:
        """What messages call it: ``IMAP host:port (user)``."""
        return f"IMAP {self.host}:{self.port} ({self.user})"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Where mail leaves by. `user` "" logs in nowhere, and `secret` isn't asked then.

    `connections` is how many a sender may open; `helo` "" says the address literal of our end (RFC 5321, 4.1.4).
    `timeout` is for each answer of the server, in seconds.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    secret: Callable[[], str] = field(default=str, repr=False)
    auth: Auth = "login"
    connections: int = 2
    ca_file: Path | None = None
    timeout: float = 60.0
    helo: str = ""

    @property
    def where(self) -> str:
        """What messages call it: ``SMTP host:port (user)``."""
        return f"SMTP {self.host}:{self.port} ({self.user or 'tanpa login'})"


def secret_of(settings: ImapSettings | SmtpSettings) -> str:
    """The secret, read now. Raises Refused when it can't be read, is empty or holds a line end or NUL."""
    try:
        secret = settings.secret()
    except OSError as error:
        raise Refused(
            f"{settings.where}: kata sandi tidak terbaca ({words(error)}); periksa password_file atau password_env"
        ) from error
    if not secret or set(secret) & set("\r\n\0"):
        raise Refused(f"{settings.where}: kata sandi kosong atau berisi ganti baris; periksa password")
    return secret
