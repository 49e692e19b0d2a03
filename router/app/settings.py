"""Settings: what `config.toml` may say, as frozen values; the names and defaults here are the file's.

Checked by `router.app.config`, explained line by line in config.example.toml.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, SecretStr

from router.app.shipped import shipped

STRICT = ConfigDict(strict=True, extra="forbid")

Security = Literal["tls", "starttls", "plain"]
Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[int, Field(ge=0)]


def zones() -> frozenset[str]:
    """The names of all time zones that this machine knows."""
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone") from None
    return name


def _addr_spec(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or any(mark.isspace() or mark in '<>,;:"()@' for mark in local + domain):
        raise ValueError("an address of the form local@domain is needed")
    return text


def _domain(text: str) -> str:
    if not text or any(mark.isspace() or mark in "@/:*" for mark in text):
        raise ValueError("a domain name is needed")
    return text.lower()


def _name(text: str) -> str:
    if not text.strip() or any(mark.isspace() for mark in text):
        raise ValueError("one word without spaces is needed")
    return text


def _not_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


def _some(found: tuple[Any, ...]) -> tuple[Any, ...]:
    # Not pydantic's min_length: that also speaks up where all items are there and all faulty.
    if not found:
        raise ValueError("there is none, at least one is needed")
    return found


def _listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError('"host:port" is needed')
    return text


def _database(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError('it begins neither with "sqlite:///" nor with "postgresql+psycopg://"')
    return url


TimeZone = Annotated[str, AfterValidator(_zone)]
AddrSpec = Annotated[str, AfterValidator(_addr_spec)]
Domain = Annotated[str, AfterValidator(_domain)]
Name = Annotated[str, AfterValidator(_name)]
Text = Annotated[str, AfterValidator(_not_empty)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`[service]`: who we are and where our files are. Paths are absolute once loaded.

    `token_key_file` (None: `token.key` in `state_dir`) holds what signs the tokens in our msg-ids; made at the first
    start, and the same for all routers that share a database. `reopen_days`: so long an answer opens a resolved ticket.
    """

    name: Text = "HERO"
    organisation: Text = "Kementerian Perdagangan"
    timezone: TimeZone = "Asia/Jakarta"
    language: Literal["id", "en"] = "id"
    mode: Literal["live", "shadow"] = "live"
    state_dir: Path = Path("var")
    rules_dir: Path = Path("rules")
    templates_dir: Path = Path("templates")
    token_key_file: Path | None = None
    relay_delay_seconds: Seconds = 60
    reopen_days: Seconds = 14
    attach_original: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people are told of times."""
        return ZoneInfo(self.timezone)

    @property
    def token_key(self) -> Path:
        """The file whose bytes sign our msg-ids."""
        return self.token_key_file or self.state_dir / "token.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """`[trust]`: whose mail counts as from inside, and whose Authentication-Results field is believed (RFC 8601)."""

    internal_domains: tuple[Domain, ...] = ("kemendag.go.id",)
    authserv_id: str = "mx.kemendag.go.id"
    require_authentication: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """`[database]`: where everything is remembered, as an SQLAlchemy URL; not shown, for it may hold a password."""

    url: Annotated[str, AfterValidator(_database)] = field(default="sqlite:///var/hero.db", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """How to reach a mail server and log in there. At most one of the four ways to a password; `router.app.secrets`
    reads it. `oauth2`: what that way gives is an OAuth 2 access token, asked for anew at each login."""

    host: Text
    port: Port
    security: Security = "tls"
    allow_plaintext: bool = False
    ca_file: Path | None = None
    timeout_seconds: Count = 30
    user: str = ""
    password: SecretStr | None = field(default=None, repr=False)
    password_env: str | None = None
    password_file: Path | None = None
    password_command: tuple[str, ...] = ()
    oauth2: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imap(Server):
    """`[mailbox.imap]`: the folder that is watched. "" as a folder to move to: the mail stays where it is.

    `start`: what lies there when a mailbox is watched for the first time ever is handled ("all") or left alone ("new").
    """

    port: Port = 993
    folder: Text = "INBOX"
    poll_seconds: Count = 60
    idle: bool = True
    start: Literal["all", "new"] = "all"
    done_folder: str = ""
    failed_folder: str = "HERO/Gagal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp(Server):
    """`[smtp]`: where all mail leaves by. Without `user` nobody logs in. `hello`: the name in EHLO, "" for this host's."""

    port: Port = 587
    security: Security = "starttls"
    connections: Annotated[int, Field(ge=1, le=20)] = 2
    hello: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """`[[mailbox]]`: one watched mailbox. `address` is what its mail comes from; `aliases` are further addresses that lead
    into it; `display_name` stands before the address ("": the service's name and organisation)."""

    name: Name
    address: AddrSpec
    imap: Imap
    display_name: str = ""
    aliases: tuple[AddrSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`[limits]`. Megabytes are 1024 × 1024 bytes.

    A larger message than `message_mb` is never loaded whole; attachments beyond `forward_mb` are named, not forwarded.
    """

    message_mb: Count = 35
    acks_per_sender_per_hour: Count = 10
    batch_messages: Count = 50
    batch_mb: Count = 8
    forward_mb: Count = 25

    @property
    def message_bytes(self) -> int:
        """`message_mb` in bytes."""
        return self.message_mb * 1024 * 1024

    @property
    def batch_bytes(self) -> int:
        """`batch_mb` in bytes."""
        return self.batch_mb * 1024 * 1024

    @property
    def forward_bytes(self) -> int:
        """`forward_mb` in bytes."""
        return self.forward_mb * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """`[web]`: where health, metrics and the status page answer, as "host:port"."""

    listen: Annotated[str, AfterValidator(_listen)] = "127.0.0.1:8025"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. `mailboxes` are the file's `[[mailbox]]` tables, in its order, at least one."""

    mailboxes: Annotated[tuple[Mailbox, ...], Field(alias="mailbox"), AfterValidator(_some)]
    smtp: Smtp
    service: Service = field(default_factory=Service)
    trust: Trust = field(default_factory=Trust)
    database: Database = field(default_factory=Database)
    limits: Limits = field(default_factory=Limits)
    web: Web = field(default_factory=Web)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that leads into one of our mailboxes, in lower case."""
        return frozenset(a.lower() for box in self.mailboxes for a in (box.address, *box.aliases))

    def mailbox(self, name: str) -> Mailbox | None:
        """The mailbox of that name, if there is one."""
        return next((box for box in self.mailboxes if box.name == name), None)

    @classmethod
    def builtin(cls) -> Settings:
        """What holds without a configuration: the ministry's four mailboxes and the shipped rules; to read and to try
        out, not to run: the servers are this machine's."""
        local = Path.cwd()
        boxes = tuple(
            Mailbox(name=name, address=f"{name}@kemendag.go.id", imap=Imap(host="localhost", user=name))
            for name in ("hero", "ska", "layanandata.pdsi", "orgpeg.pusdatin")
        )
        service = Service(state_dir=local / "var", rules_dir=shipped("rules"), templates_dir=shipped("templates"))
        return cls(mailboxes=boxes, smtp=Smtp(host="localhost"), service=service)


for _part in (Settings, Service, Trust, Database, Server, Imap, Smtp, Mailbox, Limits, Web):
    setattr(_part, "__pydantic_config__", STRICT)  # noqa: B010  # how pydantic is told about a plain dataclass
