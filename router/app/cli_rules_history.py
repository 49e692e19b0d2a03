"""`hero-router rules backtest | learn | digest | show`: rules against the mail that was recorded."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from router.app.output import Exit, cell, console, emit, problems, say, table
from router.app.session import Config, Json, settings_of, stop, store_at, store_of

if TYPE_CHECKING:
    from router.app.backtest import Result, Shift
    from router.rulebook.book import RuleBook
    from router.store.database import Store
    from router.store.versions import RulesVersion

Days = Annotated[int, typer.Option("--days", min=1, max=3650, help="Mail of so many days.")]
Rules = Annotated[Path | None, typer.Option("--rules", help="Default: the configuration's rules_dir.", metavar="DIR")]


def backtest(
    days: Days = 30,
    rules: Rules = None,
    against: Annotated[
        str | None, typer.Option("--against", help="A version of the rules. Default: those now running.")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """What changed rules would have done with the mail of the last days, against the rules now running."""
    from rich.progress import Progress

    from router.app.backtest import Bench, run
    from router.app.daemon import utc_now
    from router.store.database import StoreUnavailable

    settings = settings_of(config)
    after = _loaded(rules or settings.service.rules_dir)
    with store_at(settings) as store:
        version = _wanted(store, against)
        ids = store.recorded_ids(utc_now() - timedelta(days=days), spam=True)
    before = _book_of(version)
    hidden = as_json or not sys.stderr.isatty()
    with Progress(console=console(sys.stderr), auto_refresh=False, disable=hidden) as progress:
        task = progress.add_task("mail", total=len(ids))
        try:
            found = run(
                Bench(before, after, settings), ids, lambda more: progress.update(task, advance=more, refresh=True)
            )
        except StoreUnavailable as fault:
            stop(str(fault), Exit.OUTSIDE)
    if as_json:
        emit([_as_json(found, before.version, after.version, days)], as_json=True)
    else:
        _print(found, before.version, after.version, days)


def show(
    digest: Annotated[
        str, typer.Argument(help='A ticket\'s rules_version, or its beginning; "list": all of them.', metavar="DIGEST")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Write the files there.", metavar="DIR")] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """The rule set of a digest, file by file, or written out again with --out."""
    from router.app.rule_versions import write_out

    with store_of(config) as store:
        if digest == "list":
            columns = ("version", "first_in_force", "last_in_force")
            emit((dict(zip(columns, one, strict=True)) for one in store.rules_versions()), as_json, columns)
            return
        version = _wanted(store, digest)
    if out is not None:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            stop(f"{out}: is there and not empty; name a new directory", Exit.USAGE)
        try:
            paths = write_out(version, out)
        except OSError as fault:
            stop(f"{fault.filename or out}: {fault.strerror}", Exit.OUTSIDE)
        said = {"version": version.digest, "directory": str(out), "files": [str(path) for path in paths]}
        emit([said], as_json=True) if as_json else say(f"{out}: rules {version.digest}, {len(paths)} files")
    elif as_json:
        times = {"first_in_force": version.first_at, "last_in_force": version.last_at}
        emit([{"version": version.digest, **times, "files": dict(version.files)}], as_json=True)
    else:
        say(
            f"# rules {version.digest}, in force {version.first_at:%Y-%m-%d %H:%M} … {version.last_at:%Y-%m-%d %H:%M} UTC"
        )
        for name, text in version.files.items():
            say(f"\n# {name}", style="bold")
            say(text.rstrip())


def learn(
    corpus: Annotated[
        list[Path] | None, typer.Option("--corpus", help="Labelled mail; repeatable.", metavar="FILE.jsonl")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Default: learned.toml in the rules.", metavar="FILE")
    ] = None,
    days: Days = 365,
    rules: Rules = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Proposes phrases from what agents corrected and from labelled mail. None counts before it is accepted."""
    from rich.progress import Progress

    from router.app.daemon import utc_now
    from router.app.learn import merged, study, text_of

    settings = settings_of(config)
    directory = rules or settings.service.rules_dir
    book, path = _loaded(directory), out or directory / "learned.toml"
    hidden = as_json or not sys.stderr.isatty()
    with (
        store_at(settings) as store,
        Progress(console=console(sys.stderr), auto_refresh=False, disable=hidden) as progress,
    ):
        task = progress.add_task("mail")
        since = utc_now() - timedelta(days=days)
        try:
            learned = study(
                book,
                store,
                since,
                corpus or [],
                lambda n, of: progress.update(task, completed=n, total=of, refresh=True),
            )
            entries = merged(path, learned.proposals())
            path.write_text(text_of(entries), "utf-8")
        except ValueError as fault:
            stop(str(fault), Exit.USAGE)
        except OSError as fault:
            stop(f"{fault.filename or path}: {fault.strerror}", Exit.USAGE)
    found = [entry.model_dump() for entry in entries]
    if as_json:
        emit([{"out": str(path), "entries": found}], as_json=True)
    else:
        emit(found, False, ("service", "type", "phrase", "weight", "mails", "against", "source", "accepted"))
        waiting = sum(not entry.accepted for entry in entries)
        say(f"{path}: {waiting} phrases to be reviewed, {len(entries) - waiting} accepted ones kept")


def digest(
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Mail of so many days.")] = 7,
    rules: Rules = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Mail that went to triage or was corrected, what it shares that no rule knows, and rule lines that would catch it."""
    from dataclasses import asdict

    from router.app.daemon import utc_now
    from router.app.rules_digest import digest as digest_of
    from router.app.rules_digest import text_of

    settings = settings_of(config)
    book = _loaded(rules or settings.service.rules_dir)
    with store_at(settings) as store:
        found = digest_of(book, store, settings, days, utc_now())
    emit([asdict(found)], as_json=True) if as_json else say(text_of(found))


# -- rule sets --------------------------------------------------------------------------------------------------------


def _loaded(directory: Path) -> RuleBook:
    """A directory's rules, or the end of the command with its faults."""
    from router.rulebook.book import load

    book, found = load(directory, examples=False)
    problems(found)
    if book is None:
        stop(f"{directory}: the rules have faults; see above", Exit.USAGE)
    return book


def _wanted(store: Store, digest: str | None) -> RulesVersion:
    """The stored set of a digest, or the one in force."""
    version = store.rules_in_force() if digest is None else store.rules_version(digest)
    if version is None and digest is None:
        stop("no rules were in force yet: the daemon keeps them when it starts; or name a --against", Exit.USAGE)
    if version is None:
        known = ", ".join(one for one, _, _ in store.rules_versions()[:8]) or "none"
        stop(
            f'"{digest}" is no stored version of the rules, or the beginning of several; the latest: {known}',
            Exit.USAGE,
        )
    return version


def _book_of(version: RulesVersion) -> RuleBook:
    from router.app.rule_versions import book_of

    book, found = book_of(version)
    if book is None:
        problems(found)
        stop(f"rules {version.digest}: this program no longer takes them; see above", Exit.USAGE)
    return book


# -- backtest ---------------------------------------------------------------------------------------------------------


def _as_json(found: Result, before: str, after: str, days: int) -> dict[str, Any]:
    return {
        "before": before,
        "after": after,
        "days": days,
        "mails": found.mails,
        "unreadable": found.unreadable,
        "sure": {"before": found.sure_before, "after": found.sure_after},
        "changed": found.counts,
        "shifts": [_shift(shift) for shift in found.shifts],
    }


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "ticket": shift.ticket,
        "message": shift.message,
        "mailbox": shift.mailbox,
        "subject": shift.subject,
        "changed": list(shift.changed),
        "before": dict(shift.before),
        "after": dict(shift.after),
        "because": [{"words": w.words, "owner": w.owner, "points": w.points} for w in shift.because],
        "rules": list(shift.rules),
    }


def _print(found: Result, before: str, after: str, days: int) -> None:
    if found.shifts:
        columns = ("ticket", "subject", "change", "because")
        table(columns, ((s.ticket, s.subject[:60], _change(s), _because(s)) for s in found.shifts))
    fields = ", ".join(f"{name} {count}" for name, count in found.counts.items())
    say(
        f"{len(found.shifts)} of {found.mails} mails of {days} days would be decided otherwise"
        + (f" ({fields})" if fields else "")
        + f"; sure: {found.sure_before} → {found.sure_after}; rules {before} → {after}"
    )
    if found.unreadable:
        say(f"{found.unreadable} mails could not be judged")


def _change(shift: Shift) -> str:
    return "; ".join(f"{name} {_said(shift.before[name])} → {_said(shift.after[name])}" for name in shift.changed)


def _said(value: Any) -> str:
    return "–" if value is None else cell(value)


def _because(shift: Shift) -> str:
    words = [f'"{w.words}" {w.owner} {w.points:+g}' for w in shift.because]
    return "; ".join([*words, *(f"rule {name[0]} {name[1:]}" for name in shift.rules)])
