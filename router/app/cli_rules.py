"""`hero-router rules`: what the rule files say, what is doubtful in them, how often they are right, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.app import cli_rules_history
from router.app.output import Exit, complain, emit, problems, say
from router.app.session import Config, Json, config_path, each_of, settings_of, stop

if TYPE_CHECKING:
    from router.app.settings import Settings
    from router.rulebook.book import RuleBook

app = typer.Typer(help="The rule files: list, lint, test, explain.", no_args_is_help=True)
app.command()(cli_rules_history.backtest)
app.command()(cli_rules_history.show)
app.command()(cli_rules_history.learn)
app.command()(cli_rules_history.digest)

Rules = Annotated[
    Path | None,
    typer.Option("--rules", help="Directory of rule files. Default: the configuration's.", show_default=False),
]


@app.command("list")
def list_rules(config: Config = None, rules: Rules = None, as_json: Json = False) -> None:
    """The services and the units, as the files have them."""
    from router.app.rules_list import services, units

    book = _book(rules or _settings(config).service.rules_dir)
    if as_json:
        emit([*services(book), *units(book)], as_json=True)
        return
    shown = list(services(book))
    columns = ("code", "name", "types", "serves", "owner", "contact", "signals", "examples")
    emit(shown, False, columns)
    say("")
    emit(units(book), False, ("unit", "name", "address", "agents", "supervisors", "services"))


@app.command("lint")
def lint_rules(
    only: Annotated[list[str] | None, typer.Option("--check", help="Only this check; repeatable.")] = None,
    config: Config = None,
    rules: Rules = None,
    as_json: Json = False,
) -> None:
    """What is legal in the rule files but doubtful. Exit code 1 when something was found."""
    from datetime import date

    from router.app.linting import lint_rules as look
    from router.rulebook.lint import CHECKS

    each_of([name for name, _ in CHECKS])(only)
    settings = _settings(config)
    found = look(rules or settings.service.rules_dir, settings, date.today())
    doubts = [doubt for doubt in found.doubts if not only or doubt.check in only]
    if as_json:
        emit(({"check": "fault", **asdict(problem)} for problem in found.problems), as_json=True)
        emit(({"check": doubt.check, **asdict(doubt.problem)} for doubt in doubts), as_json=True)
    else:
        problems(found.problems)
        for doubt in doubts:
            say(str(doubt.problem))
        if found.skipped:
            say(f"aturan yang tidak pernah cocok tidak diperiksa: {found.skipped}", style="dim")
        counted = f"{len(doubts)} hal yang meragukan" if doubts else "tidak ada yang meragukan"
        say("aturan ini ditolak: perbaiki dahulu kesalahan di atas" if found.problems else counted, style="bold")
    raise typer.Exit(Exit.FAULTS if found.problems or doubts else Exit.DONE)


@app.command("test")
def try_rules(
    corpus: Annotated[list[Path] | None, typer.Option("--corpus", help="Labelled mail (.jsonl); repeatable.")] = None,
    least: Annotated[
        float, typer.Option("--min-accuracy", min=0.0, max=1.0, help="Exit code 1 below this share.")
    ] = 0.95,
    config: Config = None,
    rules: Rules = None,
    as_json: Json = False,
) -> None:
    """Every example in the files and every labelled mail against the rules: how often right, how sure, what misled."""
    from router.app.trial import describe, examine

    book = _book(rules or _settings(config).service.rules_dir)
    try:
        trial = examine(book, corpus or [])
    except (OSError, ValueError) as fault:
        stop(str(fault), Exit.USAGE)
    if as_json:
        emit([trial.as_json()], as_json=True)
    else:
        describe(trial)
        if trial.accuracy < least:
            complain(f"ketepatan {trial.accuracy:.1%} di bawah batas {least:.1%}")
    raise typer.Exit(Exit.FAULTS if trial.accuracy < least else Exit.DONE)


@app.command("explain")
def explain_mail(
    file: Annotated[str, typer.Argument(help="A raw message; - is standard input.", metavar="FILE.eml")],
    mailbox: Annotated[str, typer.Option("--mailbox", help="As if it had come to this mailbox.")] = "hero",
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to look at.")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Why a message goes where it goes: its words, the services' points, each routing rule, the mails that would go out."""
    import sys
    from datetime import UTC, datetime

    from router.app.explain import explain
    from router.app.explain_html import page
    from router.app.explain_text import describe
    from router.app.inspection import policy_for

    policy, found = policy_for(_settings(config), [])
    problems(found)
    if policy is None:
        stop("rules or templates have faults; see above", Exit.USAGE)
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        one = explain(file, raw, mailbox, policy, datetime.now(UTC))
        if html is not None:
            html.write_text(page(one), encoding="utf-8")
    except OSError as fault:
        stop(f"{fault.filename}: {fault.strerror}", Exit.USAGE)
    if as_json:
        emit([one.as_json()], as_json=True)
    elif html is None:
        describe(one)
    else:
        say(f"{html}: {one.decision.service or 'triage'}")


def _settings(config: Path | None) -> Settings:
    from router.app.settings import Settings

    return settings_of(config) if config or config_path(None).exists() else Settings.builtin()


def _book(directory: Path) -> RuleBook:
    """The rule set of that directory, or the end of the command with every fault. Examples are not looked at."""
    from router.rulebook.book import load

    book, found = load(directory, examples=False)
    problems(found)
    if book is None:
        stop(f"{directory}: the rules have faults; see above", Exit.USAGE)
    return book
