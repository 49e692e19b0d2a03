"""`hero-router outbox`, `quarantine`, `templates`: mail on its way, mail set aside, mail's forms."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.app.output import Exit, emit, problems, say, table
from router.app.session import Config, Json, Limit, config_path, each_of, settings_of, stop, store_of

if TYPE_CHECKING:
    from router.app.settings import Settings
    from router.desk.letter import Templates
    from router.store.database import Store

outbox = typer.Typer(help="Mail waiting, failed, held, dead.", no_args_is_help=True)
quarantine = typer.Typer(help="Messages that could not be handled.", no_args_is_help=True)
templates = typer.Typer(help="The forms of our mail.", no_args_is_help=True)

Id = Annotated[int, typer.Argument(help="As the list shows it.", metavar="ID")]
Ids = Annotated[list[int], typer.Argument(help="As the list shows them.", metavar="ID...")]
STATES = ("waiting", "held", "failed", "dead", "sent", "dropped")


@outbox.command("list")
def outbox_list(
    state: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(STATES)}; repeatable.", callback=each_of(STATES))
    ] = None,
    ticket: Annotated[str | None, typer.Option(help="Of this ticket only.")] = None,
    limit: Limit = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Mail that did not leave yet; what was sent only when asked for by --state sent."""
    columns = ("id", "kind", "ticket", "to", "state", "attempts", "next_attempt_at", "last_error")
    with store_of(config) as store:
        emit(store.outbox_list(tuple(state or ()), ticket, limit), as_json, columns)


@outbox.command("retry")
def outbox_retry(ids: Ids, config: Config = None) -> None:
    """Tries failed or dead mails again now, or lets held ones go."""

    def again(store: Store, id: int, who: str, now: datetime) -> bool:
        return store.retry(id, who, now) or store.let_go(id, who, now)

    _each(ids, config, again, "leaves as soon as it can", "is neither failed, dead nor held")


@outbox.command("drop")
def outbox_drop(ids: Ids, config: Config = None) -> None:
    """Takes mails out for good. Their tickets remember it."""

    def out(store: Store, id: int, who: str, now: datetime) -> bool:
        return store.drop(id, who, now)

    _each(ids, config, out, "will not be sent", "was sent already, or there is none of that id")


def _each(
    ids: list[int], config: Path | None, act: Callable[[Store, int, str, datetime], bool], done: str, otherwise: str
) -> None:
    """Does it to each mail, says what became of each; one that it could not be done to makes the exit code 2."""
    from router.app.daemon import utc_now

    left = []
    with store_of(config) as store:
        for id in ids:
            if act(store, id, getpass.getuser(), utc_now()):
                say(f"mail {id} {done}")
            else:
                left.append(id)
    if left:
        stop("\n".join(f"mail {id} {otherwise}; nothing was changed" for id in left), Exit.USAGE)


@quarantine.command("list")
def quarantine_list(limit: Limit = None, config: Config = None, as_json: Json = False) -> None:
    """What waits for a person, oldest first."""
    columns = ("id", "mailbox", "uid", "stage", "reason", "at", "size")
    with store_of(config) as store:
        emit(store.quarantine_list(limit=limit), as_json, columns)


@quarantine.command("show")
def quarantine_show(
    id: Id,
    raw: Annotated[bool, typer.Option("--raw", help="Write the message's bytes to standard output.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """One quarantined message: why, and with --raw its bytes."""
    import sys

    with store_of(config) as store:
        found = store.quarantine_show(id)
        kept = store.quarantine_retry(id) if raw else None
    if found is None:
        stop(f"{id}: nothing of that id is in quarantine", Exit.USAGE)
    if raw:
        sys.stdout.buffer.write((kept.raw if kept else None) or b"")
    elif as_json:
        emit([found], as_json=True)
    else:
        table(("", ""), list(found.items()))


@quarantine.command("retry")
def quarantine_retry(id: Id, config: Config = None) -> None:
    """Handles a quarantined message again, with the program and rules as they are now."""
    from router.app.again import handle_again
    from router.app.service import in_force

    settings = settings_of(config)
    with store_of(config) as store:
        aside = store.quarantine_retry(id)
        if aside is None:
            stop(f"{id}: nothing of that id is in quarantine", Exit.USAGE)
        rules = in_force(settings)
        if rules is None:
            raise typer.Exit(Exit.USAGE)
        done, told = handle_again(aside, store, rules.policy)
    say(told)
    raise typer.Exit(Exit.DONE if done else Exit.FAULTS)


@templates.command("list")
def templates_list(config: Config = None, as_json: Json = False) -> None:
    """Which templates exist for what."""
    rows = [
        {"name": one.name, "for": one.about, "variant_of": one.base if one.base != one.name else None,
         "languages": list(one.languages), "html": one.html, "path": one.path}
        for one in _templates(config).list()
    ]  # fmt: skip
    emit(rows, as_json, ("name", "languages", "html", "for"))


@templates.command("preview")
def templates_preview(
    name: Annotated[str, typer.Argument(help="As the list shows it.")] = "acknowledgement",
    service: Annotated[str | None, typer.Option(help="A service's code.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="pertanyaan, permohonan, kendala.")] = None,
    language: Annotated[str, typer.Option(help="id, en or both.")] = "id",
    html: Annotated[bool, typer.Option("--html", help="HTML in place of text.")] = False,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """A letter with sample data, as text or HTML."""
    from router.desk.card import info
    from router.desk.letter import preview
    from router.rulebook.book import load

    if language not in ("id", "en", "both"):
        stop(f'--language "{language}" is none of id, en, both', Exit.USAGE)
    chosen = None
    if service:
        book, found = load(_settings(config).service.rules_dir)
        problems(found)
        known = book.services.get(service) if book else None
        if known is None:
            stop(f"--service {service}: the catalog has no such service", Exit.USAGE)
        chosen = info(known, tuple(sorted(known.serves)), known.contact)
    try:
        letter = preview(_templates(config), name, chosen, type_, language)
    except KeyError:
        stop(f'there is no template "{name}"; "hero-router templates list" shows them', Exit.USAGE)
    if as_json:
        shown = {"template": letter.template, "subject": letter.subject, "text": letter.text, "html": letter.html}
        emit([shown], as_json=True)
    else:
        print((letter.html or "") if html else f"Subject: {letter.subject}\n\n{letter.text}")


def _settings(config: Path | None) -> Settings:
    from router.app.settings import Settings

    return settings_of(config) if config or config_path(None).exists() else Settings.builtin()


def _templates(config: Path | None) -> Templates:
    from router.desk.letter import load

    found, faults = load(_settings(config).service.templates_dir)
    problems(faults)
    if found is None:
        stop("the templates have faults; see above", Exit.USAGE)
    return found
