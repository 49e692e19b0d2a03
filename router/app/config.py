"""`config.toml` → Settings, or every fault in it at once, each with its line and column.

What is wrong with one key is found by the types of `router.app.settings`; what is wrong between keys by the table of checks
in `router.app.config_checks`. Both look at the file as far as it goes, so one fault hides no other.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from router.app.config_checks import CHECKS, fault
from router.app.settings import Database, Imap, Limits, Mailbox, Service, Settings, Smtp, Trust, Web, zones
from router.rulebook.problem import Problem
from router.rulebook.source import Loc, Source, nearest, read

_SETTINGS: TypeAdapter[Settings] = TypeAdapter(Settings)
_UNQUOTED = {"password", "url"}  # values that a message must not repeat
# The tables of the file by their path, without the index of a [[mailbox]].
TABLES: dict[tuple[str, ...], type] = {
    ("service",): Service,
    ("trust",): Trust,
    ("database",): Database,
    ("mailbox",): Mailbox,
    ("mailbox", "imap"): Imap,
    ("smtp",): Smtp,
    ("limits",): Limits,
    ("web",): Web,
}


def load(path: Path, *, secrets: bool = True) -> tuple[Settings | None, tuple[Problem, ...]]:
    """The settings with absolute paths, and what is wrong with them; None if anything but warnings is.

    `secrets` False: whoever only reads need not have the passwords at hand, so missing ones are no fault.
    """
    source, problems = read(path)
    if source is None:
        return None, problems
    settings, faults = _validate(source)
    base = path.resolve().parent
    found = [*faults]
    for check, about_secrets in CHECKS:
        if secrets or not about_secrets:
            found += check(source, base)
    if settings is None or any(problem.severity == "error" for problem in found):
        return None, tuple(sorted(found))
    return _resolve(settings, base), tuple(sorted(found))


def keys(table: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that may stand in that table of the file, in order; () names the top of the file."""
    if not table:
        return tuple(path[0] for path in TABLES if len(path) == 1)
    return tuple(field.name for field in fields(TABLES[table])) if table in TABLES else ()


def _validate(source: Source) -> tuple[Settings | None, list[Problem]]:
    # By way of JSON: in pydantic's strict mode only JSON's objects and arrays become dataclasses and tuples.
    text = json.dumps(source.value, default=lambda _: {})  # a date or time fits nowhere: an object doesn't either
    try:
        return _SETTINGS.validate_json(text), []
    except ValidationError as faults:
        return None, [_problem(source, error) for error in faults.errors(include_url=False)]


def _problem(source: Source, error: ErrorDetails) -> Problem:
    """One fault of pydantic's, with its place, as a person would say it."""
    loc, kind = error["loc"], error["type"]
    where = _where(source, loc[:-2] if isinstance(loc[-1], int) else loc[:-1])
    if kind == "unexpected_keyword_argument":
        known = keys(tuple(step for step in loc[:-1] if isinstance(step, str)))
        hint = nearest(str(loc[-1]), known, longer_than=1, at_most=len(known))
        return fault(source, loc, f'{where}unknown key "{loc[-1]}"', hint, key=True)
    if kind == "missing":
        hint = _MISSING.get(str(loc[-1]), f"add {loc[-1]} = …")
        return fault(source, loc[:-1], f'{where}missing key "{loc[-1]}"', hint)
    name = f"{loc[-2]}, item {loc[-1] + 1}" if isinstance(loc[-1], int) and len(loc) > 2 else str(loc[-1])
    found = _at(source.value, loc)
    shown = name if _UNQUOTED & set(map(str, loc)) else f"{name} = {_quoted(found)}"
    return fault(source, loc, f"{where}{shown}: {_reason(error)}", _hint(error, found))


def _at(value: Any, loc: Loc) -> Any:
    for step in loc:
        value = value[step]
    return value


def _where(source: Source, loc: Loc) -> str:
    """What a person calls the table: ``[mailbox.imap] of "hero": ``; "" at the top of the file."""
    names = tuple(step for step in loc if isinstance(step, str))
    if names not in TABLES:
        return ""
    if names[0] != "mailbox":
        return f"[{names[0]}] "
    place = int(loc[1])
    name = source.value["mailbox"][place].get("name")
    owner = _quoted(name) if isinstance(name, str) else f"no. {place + 1}"
    return f"[mailbox.imap] of {owner}: " if len(names) > 1 else f"[[mailbox]] {owner}: "


def _quoted(value: Any) -> str:
    """A value as TOML writes it, shortened; nothing of what a table holds."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "a list of tables"
    if isinstance(value, date | time):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


_MISSING = {
    "mailbox": "add at least one [[mailbox]] table",
    "smtp": "add a table [smtp] with the server that all mail leaves by",
    "imap": "add a table [mailbox.imap] below it, with host and user",
}
_TYPES = {
    "string_type": "text is needed",
    "path_type": "a path is needed",
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "bool_type": "true or false is needed",
    "tuple_type": "a list is needed",
    "dataclass_type": "a table is needed",
    "greater_than_equal": "too small",
    "less_than_equal": "too large",
    "literal_error": "not known",
}
_WRITTEN = {
    "string_type": "put it in quotes",
    "path_type": "put it in quotes",
    "tuple_type": 'for example ["a", "b"]',
    "dataclass_type": "a table is written [name], or [[mailbox]], with its keys on the lines below",
}


def _reason(error: ErrorDetails) -> str:
    return _TYPES.get(error["type"]) or str(error.get("ctx", {}).get("error", error["msg"]))


def _hint(error: ErrorDetails, found: Any) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"at least {limits['ge']} is allowed" if "ge" in limits else f"at most {limits['le']} is allowed"
    if kind == "literal_error":
        return f"one of {limits['expected']}".replace("'", '"')
    if kind in ("int_type", "bool_type") and isinstance(found, str):
        return "write it without quotes"
    if error["loc"][-1] == "mailbox":
        return _WRITTEN["dataclass_type"]
    if error["loc"][-1] == "timezone" and isinstance(found, str):
        return nearest(found, zones()) or "for example Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
    return _WRITTEN.get(kind, "")


def _resolve(settings: Settings, base: Path) -> Settings:
    """The same settings with every path absolute: relative ones are relative to the configuration file."""

    def full(path: Path | None) -> Path | None:
        return None if path is None else base / path.expanduser()

    service = settings.service
    boxes = tuple(
        replace(box, imap=replace(box.imap, ca_file=full(box.imap.ca_file), password_file=full(box.imap.password_file)))
        for box in settings.mailboxes
    )
    return replace(
        settings,
        mailboxes=boxes,
        smtp=replace(
            settings.smtp, ca_file=full(settings.smtp.ca_file), password_file=full(settings.smtp.password_file)
        ),
        service=replace(
            service,
            state_dir=base / service.state_dir.expanduser(),
            rules_dir=base / service.rules_dir.expanduser(),
            templates_dir=base / service.templates_dir.expanduser(),
            token_key_file=full(service.token_key_file),
        ),
        database=replace(settings.database, url=_database_url(settings.database.url, base)),
    )


def _database_url(url: str, base: Path) -> str:
    """SQLite's file is a path like the others; ``sqlite://`` with nothing behind it keeps all in memory."""
    prefix = "sqlite:///"
    file = url.removeprefix(prefix)
    return prefix + str(base / file) if url.startswith(prefix) and file and file != ":memory:" else url
