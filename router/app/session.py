"""What commands share: which configuration, the open database, and how a fault ends a command."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from router.app.output import Exit, complain, problems

if TYPE_CHECKING:  # SQLAlchemy takes half a second to load: only commands that need it pay
    from router.app.settings import Settings
    from router.store.database import Store

DEFAULT_CONFIG = "config.toml"

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", help="Configuration file. Default: $HERO_CONFIG, else config.toml here.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object, or one a line, for programs.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.")]


def each_of(known: Sequence[str]) -> Callable[[list[str] | None], list[str] | None]:
    """A check for an option that may be given several times: each value is one of those known."""

    def check(given: list[str] | None) -> list[str] | None:
        for value in given or ():
            if value not in known:
                raise typer.BadParameter(f'"{value}" is none of {", ".join(known)}')
        return given

    return check


def config_path(given: Path | None) -> Path:
    """The configuration file that a command goes by, whether it is there or not."""
    return given or Path(os.environ.get("HERO_CONFIG") or DEFAULT_CONFIG)


def stop(text: str, code: Exit) -> NoReturn:
    """Ends the command with one sentence on standard error."""
    complain(text)
    raise typer.Exit(code)


def settings_of(given: Path | None, *, secrets: bool = False) -> Settings:
    """The settings, or the end of the command with every fault of the file and exit code 2.
    `secrets`: passwords are needed too, so one that can't be read is a fault."""
    from router.app.config import load

    path = config_path(given)
    if not path.exists():
        stop(
            f'{path}: there is no such file; "hero-router init DIR" makes one, --config or $HERO_CONFIG names it',
            Exit.USAGE,
        )
    settings, found = load(path, secrets=secrets)
    problems(found)
    if settings is None:
        stop(f"{path}: the configuration has faults; nothing was started", Exit.USAGE)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The database of these settings, whatever its schema. What is wrong with it ends the command: with exit code 2 where
    a person must change something, with 3 where it can't be used now."""
    from router.store.database import SchemaMismatch, Store, StoreUnavailable

    try:
        store = Store(settings.database.url)
    except ImportError as fault:
        stop(f"database.url: {fault.name} is not installed; install hero-router[postgres]", Exit.USAGE)
    try:
        yield store
    except SchemaMismatch as fault:
        stop(str(fault), Exit.USAGE)
    except StoreUnavailable as fault:
        stop(str(fault), Exit.OUTSIDE)
    except OSError as fault:  # making the file; a pipe that breaks is not the database's
        if isinstance(fault, BrokenPipeError):
            raise
        stop(f"database.url: {fault.filename or store.file}: {fault.strerror}", Exit.OUTSIDE)
    finally:
        store.close()


@contextmanager
def store_at(settings: Settings) -> Iterator[Store]:
    """The database of these settings, its schema current; else the end of the command with exit code 2 or 3."""
    with opened(settings) as store:
        store.require_current()
        yield store


@contextmanager
def store_of(given: Path | None) -> Iterator[Store]:
    """As `store_at`, of the configuration that a command was given."""
    with store_at(settings_of(given)) as store:
        yield store
