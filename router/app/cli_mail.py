"""`hero-router outbox`, `quarantine`, `templates`: mail on its way, mail set aside, mail's forms."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from router.app.output import Exit, emit, problems, say, table
from router.app.session import Config, Json, Limit, config_path, settings_of, stop, store_of

outbox = typer.Typer(help="Mail waiting, failed, held, dead.", no_args_is_help=True)
quarantine = typer.Typer(help="Messages that could not be handled.", no_args_is_help=True)
templates = typer.Typer(help="The forms of our mail.", no_args_is_help=True)

Id = Annotated[int, typer.Argument(help="As the list shows it.", metavar="ID")]


@outbox.command("list")
def outbox_list(
    state: Annotated[list[str] | None, typer.Option(help="waiting, held, failed, dead, sent; repeatable.")] = None,
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
def outbox_retry(id: Id, config: Config = None) -> None:
    """Tries a failed or dead mail again now, or lets a held one go."""
    from router.app.daemon import utc_now

    with store_of(config) as store:
        done = store.retry(id, getpass.getuser(), utc_now()) or store.let_go(id, getpass.getuser(), utc_now())
    if not done:
        stop(f"mail {id} is neither failed, dead nor held; nothing was changed", Exit.USAGE)
    say(f"mail {id} leaves as soon as it can")


@outbox.command("drop")
def outbox_drop(id: Id, config: Config = None) -> None:
    """Takes a mail out for good. The ticket remembers it."""
    from router.app.daemon import utc_now

    with store_of(config) as store:
        done = store.drop(id, getpass.getuser(), utc_now())
    if not done:
        stop(f"mail {id} was sent already, or there is none of that id; nothing was changed", Exit.USAGE)
    say(f"mail {id} will not be sent")


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


def _settings(config: Path | None):  # type: ignore[no-untyped-def]
    from router.app.settings import Settings

    return settings_of(config) if config or config_path(None).exists() else Settings.builtin()


def _templates(config: Path | None):  # type: ignore[no-untyped-def]
    from router.desk.letter import load

    found, faults = load(_settings(config).service.templates_dir)
    problems(faults)
    if found is None:
        stop("the templates have faults; see above", Exit.USAGE)
    return found
