"""The command line: `hero-router`. Commands only gather, call and print; heavy imports wait inside them."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from router import __version__
from router.app import cli_mail, cli_rules, cli_tickets
from router.app.output import Exit, complain, emit, problems, say, table
from router.app.session import Config, Json, config_path, settings_of, stop, store_at, store_of

app = typer.Typer(
    name="hero-router",
    help="E-mail help-desk router: takes mail in, classifies it into tickets, answers, forwards, carries the conversation.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_tickets.app, name="tickets")
app.add_typer(cli_mail.outbox, name="outbox")
app.add_typer(cli_mail.quarantine, name="quarantine")
app.add_typer(cli_mail.templates, name="templates")
app.add_typer(cli_rules.app, name="rules")
db = typer.Typer(help="The database's schema.", no_args_is_help=True)
app.add_typer(db, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        say(f"hero-router {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """E-mail help-desk router."""


@app.command()
def run(
    config: Config = None,
    once: Annotated[bool, typer.Option("--once", help="Handle what is there now, then exit.")] = False,
) -> None:
    """The daemon: all mailboxes, delivery, clock. SIGTERM ends it cleanly, SIGHUP reloads rules and templates."""
    import signal

    # Until the daemon handles it: a stop during the start is a clean stop too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    from router.app.service import serve

    raise typer.Exit(serve(settings_of(config, secrets=True), once=once))


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Handle the samples, print the summary, exit.")] = False,
) -> None:
    """The whole service on this machine with nothing else installed: customers write, units answer. Ctrl-C ends it."""
    from router.app.demo import demonstrate

    raise typer.Exit(demonstrate(once=once))


@app.command()
def check(
    config: Config = None,
    online: Annotated[bool, typer.Option("--online", help="Also log in to each IMAP and SMTP server.")] = False,
    as_json: Json = False,
) -> None:
    """Configuration, rules, templates, database: every fault at once."""
    from router.app.check import check as look

    path = config_path(config)
    if not path.exists():
        stop(
            f'{path}: there is no such file; "hero-router init DIR" makes one, --config or $HERO_CONFIG names it',
            Exit.USAGE,
        )
    report = look(path, online=online)
    if as_json:
        emit([report.as_json()], as_json=True)
    else:
        table(("looked at", "found"), report.looked)
        problems(report.problems)
        say("no faults" if report.exit is Exit.DONE else "faults found: see above")
    raise typer.Exit(report.exit)


@app.command()
def inspect(
    files: Annotated[list[str], typer.Argument(help="Raw messages; - is standard input.", metavar="FILE...")],
    mailbox: Annotated[str, typer.Option("--mailbox", help="Take the rules of this mailbox.")] = "hero",
    own_address: Annotated[list[str] | None, typer.Option("--own-address", help="Counts as the mailbox's own.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """What would happen to a message, and why. Changes nothing; needs no network and no database."""
    from router.app.inspection import inspections, policy_for
    from router.app.inspection_text import describe
    from router.app.settings import Settings

    path = config_path(config)
    if config is not None and not path.exists():
        stop(f"{path}: there is no such file; without --config the built-in defaults hold", Exit.USAGE)
    settings = settings_of(config) if path.exists() else Settings.builtin()
    policy, found = policy_for(settings, own_address or [])
    problems(found)
    if policy is None:
        stop("rules or templates have faults; see above", Exit.USAGE)
    unread = False
    for one in inspections(files, mailbox, policy):
        unread = unread or "error" in one
        emit([one], as_json=True) if as_json else describe(one)
    raise typer.Exit(Exit.FAULTS if unread else Exit.DONE)


@app.command()
def status(config: Config = None, as_json: Json = False) -> None:
    """One screen: mailboxes, outbox, tickets by status, rules, problems."""
    from router.app.status import complete, screen

    settings = settings_of(config)
    with store_at(settings) as store:
        found = complete(store.status(), settings)
    if as_json:
        emit([found], as_json=True)
    else:
        screen(found)


@app.command()
def brake(
    position: Annotated[
        str, typer.Argument(help="on: all automatic mail stops; off: it goes again.", metavar="on|off")
    ],
    config: Config = None,
) -> None:
    """Stops all automatic mail, or lets it go again. Intake goes on; agents' answers go out."""
    import getpass

    from router.app.daemon import utc_now

    if position not in ("on", "off"):
        stop(f'brake: "{position}" is neither "on" nor "off"', Exit.USAGE)
    with store_of(config) as store:
        store.set_brake(position == "on", getpass.getuser(), utc_now())
    say(f"brake {position}")


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="A directory of your own, new or empty.", metavar="DIR")],
    force: Annotated[
        bool, typer.Option("--force", help='Write over what is there; what differs is kept as "NAME~".')
    ] = False,
    as_json: Json = False,
) -> None:
    """Rules, templates and a configuration of your own."""
    from router.app.initdir import OccupiedError
    from router.app.initdir import init as make

    try:
        made = make(directory, force)
    except OccupiedError as fault:
        stop(str(fault), Exit.USAGE)
    except OSError as fault:
        stop(f"{directory}: {fault.strerror}", Exit.OUTSIDE)
    if as_json:
        emit([{"directory": str(directory), "files": [str(path) for path in made]}], as_json=True)
    else:
        say(
            f"{directory}: {len(made)} files. Next: edit {directory / 'config.toml'}, then hero-router check --config …"
        )


@db.command("upgrade")
def upgrade(config: Config = None) -> None:
    """Makes the schema, or brings it up to this version."""
    from router.app.session import opened

    with opened(settings_of(config)) as store:
        before = store.revision()
        store.upgrade()
        say(f"schema {before or 'empty'} → {store.revision()}")


def main() -> None:
    """The console script. A fault that nobody expected is told with its traceback and exit code 3."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        app()
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(130)
    except Exception:
        traceback.print_exc()
        complain("hero-router: this is a fault of the program; please report the lines above")
        sys.exit(Exit.OUTSIDE)
