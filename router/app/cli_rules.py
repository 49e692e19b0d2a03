"""`hero-router rules`: what the rule files say, what is doubtful in them, how often they are right, and why."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.app.output import Exit, emit, problems, say
from router.app.session import Config, Json, config_path, each_of, settings_of, stop

if TYPE_CHECKING:
    from router.app.settings import Settings
    from router.rulebook.book import RuleBook

app = typer.Typer(help="The rule files: list, lint, test, explain.", no_args_is_help=True)

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
