"""What the files say of each other: services, units, types and templates that don't exist; phrases that can't match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from router.rulebook.files import File, Files
from router.rulebook.phrase import check as phrase_fault
from router.rulebook.problem import Problem
from router.rulebook.shape import ExampleTable, ServiceFile, SignalTable
from router.rulebook.source import Source, nearest
from router.rulebook.tables import WhenTable
from router.rulebook.words import clean, written

Loc = tuple[str | int, ...]
ALWAYS = ("triage", "admins")


def check(files: Files, templates: frozenset[str] | None = None) -> Iterator[Problem]:
    """Every fault between the files. `templates`: the names that exist (None: not looked at)."""
    codes, units = list(files.codes), list(files.unit_names)
    yield from _twice(files.catalog)
    for file in files.catalog:
        yield from _service(file, codes, units)
    yield from _elsewhere(files, units)
    for name in ("kendala", "permohonan", "pertanyaan"):
        yield from _signals(files.types.source, (name,), getattr(files.types.table, name))
    yield from _vocabulary(files)
    yield from _units(files, units)
    yield from _routing(files, codes, units, templates)
    yield from _signals(files.screen.source, ("signal",), files.screen.table.signal, plain=True)
    yield from _answers(files, codes, templates)


def _twice(catalog: Iterable[File[ServiceFile]]) -> Iterator[Problem]:
    first: dict[str, Source] = {}
    for file in catalog:
        code = file.table.code
        if code in first:
            yield file.source.problem(("code",), f'code "{code}" is taken', f"{first[code].path} has it")
        first.setdefault(code, file.source)


def _service(file: File[ServiceFile], codes: list[str], units: list[str]) -> Iterator[Problem]:
    source, table = file.source, file.table
    for i, owner in enumerate(table.owner):
        yield from _known(source, ("owner", i, "unit"), "unit", owner.unit, units)
    for i, code in enumerate(table.neighbours):
        yield from _known(source, ("neighbours", i), "service", code, codes)
    for i, instead in enumerate(table.instead):
        yield from _known(source, ("instead", i, "service"), "service", instead.service, codes)
    if table.usual and table.usual not in table.types:
        yield _not_admitted(source, ("usual",), table.usual, table.types)
    if table.letter:
        for i, name in enumerate(table.letter.types):
            if name not in table.types:
                yield _not_admitted(source, ("letter", "types", i), name, table.types)
        for key in ("any", "unless"):
            yield from _phrases(source, ("letter", key), getattr(table.letter, key))
    for name in ("signal", "kendala", "permohonan", "pertanyaan"):
        yield from _signals(source, (name,), getattr(table, name))
    yield from _examples(source, ("example",), table.example, table.types)


def _elsewhere(files: Files, units: list[str]) -> Iterator[Problem]:
    source = files.elsewhere.source
    names: set[str] = set()
    for i, table in enumerate(files.elsewhere.table.elsewhere):
        if table.name in names:
            yield source.problem(("elsewhere", i, "name"), f'name "{table.name}" is taken')
        names.add(table.name)
        yield from _known(source, ("elsewhere", i, "unit"), "unit", table.unit, units)
        yield from _signals(source, ("elsewhere", i, "signal"), table.signal)
        yield from _examples(source, ("elsewhere", i, "example"), table.example, None)


def _examples(source: Source, loc: Loc, examples: list[ExampleTable], types: list[str] | None) -> Iterator[Problem]:
    for i, example in enumerate(examples):
        if not example.mail.strip():
            yield source.problem((*loc, i, "mail"), '"mail" is empty')
        if example.type and types is not None and example.type not in types:
            yield _not_admitted(source, (*loc, i, "type"), example.type, types)


def _signals(source: Source, loc: Loc, signals: list[SignalTable], *, plain: bool = False) -> Iterator[Problem]:
    """`plain`: signals that may not ask for sender or mailbox (screening)."""
    for i, signal in enumerate(signals):
        here = (*loc, i)
        words = signal.any + signal.all + signal.near
        if not words and (plain or not (signal.mailbox or signal.audience)):
            yield source.problem((*here, "weight"), 'has no phrases: "any", "all" or "near"')
        for key in ("mailbox", "audience"):
            if plain and getattr(signal, key):
                yield source.problem((*here, key), f'"{key}" has no meaning here', "use block and allow", key=True)
        for key in ("any", "all", "near", "not_near", "unless"):
            yield from _phrases(source, (*here, key), getattr(signal, key))
        for j, phrase in enumerate(signal.unless):
            if phrase in signal.all or phrase in signal.near or signal.any == [phrase]:
                yield source.problem((*here, "unless", j), f'phrase "{phrase}" is required as well: never fires')


def _phrases(source: Source, loc: Loc, phrases: Iterable[str]) -> Iterator[Problem]:
    for i, phrase in enumerate(phrases):
        if (fault := phrase_fault(phrase)) is not None:
            yield source.problem((*loc, i), f'phrase "{phrase}" {fault}')


def _vocabulary(files: Files) -> Iterator[Problem]:
    source, table = files.vocabulary.source, files.vocabulary.table
    taken: dict[str, str] = {}
    for key, spellings in (("spelling", table.spelling), ("synonym", table.synonym)):
        for normal, ways in spellings.items():
            for i, way in enumerate(ways):
                loc = (key, normal, i)
                words = written(clean(way))
                joined = "".join(words).lower()
                if not words:
                    yield source.problem(loc, f'"{way}" has no letter or digit')
                elif len(words) > 1 and len(written(clean(normal))) > 1:
                    yield source.problem(loc, f'"{way}" has several words: "{normal}" must then be one word')
                elif taken.setdefault(joined, normal) != normal:
                    yield source.problem(loc, f'"{way}" is already written for "{taken[joined]}"')
    yield from _phrases(source, ("letter", "words"), table.letter.words)
    yield from _phrases(source, ("letter", "later"), table.letter.later)


def _units(files: Files, units: list[str]) -> Iterator[Problem]:
    source, table = files.units.source, files.units.table
    for name in ALWAYS if source.path else ():
        if name not in units:
            yield source.problem(("unit",), f"[unit.{name}] is missing", "it must always be there")
    for key, hours in table.hours.items():
        try:
            ZoneInfo(hours.zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield source.problem(("hours", key, "zone"), f'unknown time zone "{hours.zone}"', "for example Asia/Jakarta")
        if hours.from_ >= hours.to:
            yield source.problem(("hours", key, "to"), f'"to" {hours.to} is not after "from" {hours.from_}')
    for key, unit in table.unit.items():
        for name in ("parent", "stand_in"):
            value = getattr(unit, name)
            if value is not None:
                yield from _known(source, ("unit", key, name), "unit", value, units)
        if unit.hours is not None:
            yield from _known(source, ("unit", key, "hours"), "hours", unit.hours, list(table.hours))
        above, seen = unit.parent, {key}
        while above in table.unit and above not in seen:
            seen.add(above)
            above = table.unit[above].parent
        if above == key:
            yield source.problem(("unit", key, "parent"), f'unit "{key}" is its own parent in the end')


def _routing(files: Files, codes: list[str], units: list[str], templates: frozenset[str] | None) -> Iterator[Problem]:
    source = files.routing.source
    types = {f.table.code: f.table.types for f in files.catalog}
    names: set[str] = set()
    for i, rule in enumerate(files.routing.table.rule):
        here: Loc = ("rule", i)
        if rule.name in names:
            yield source.problem((*here, "name"), f'name "{rule.name}" is taken')
        names.add(rule.name)
        yield from _when(source, (*here, "when"), rule.when, codes, units)
        then, at = rule.then, (*here, "then")
        if then == type(then)():
            yield source.problem(at, '"then" says nothing to do')
        if then.service is not None:
            yield from _known(source, (*at, "service"), "service", then.service, codes)
            if then.type and then.service in types and then.type not in types[then.service]:
                yield _not_admitted(source, (*at, "type"), then.type, types[then.service])
        if then.unit is not None:
            yield from _known(source, (*at, "unit"), "unit", then.unit, units)
        for j, name in enumerate(then.copy_to):
            if "@" not in name:
                yield from _known(source, (*at, "copy_to", j), "unit", name, units)
        for key in ("template", "reject"):
            value = getattr(then, key)
            if templates is not None and value is not None:
                yield from _known(source, (*at, key), "template", value, sorted(templates))


def _when(source: Source, loc: Loc, when: WhenTable, codes: list[str], units: list[str]) -> Iterator[Problem]:
    for i, code in enumerate(when.service or ()):
        yield from _known(source, (*loc, "service", i), "service", code, [*codes, "none"])
    for i, unit in enumerate(when.unit or ()):
        yield from _known(source, (*loc, "unit", i), "unit", unit, units)
    for key in ("subject", "body"):
        yield from _phrases(source, (*loc, key), getattr(when, key) or ())
    for key in ("all", "any"):
        for i, below in enumerate(getattr(when, key) or ()):
            yield from _when(source, (*loc, key, i), below, codes, units)
    if when.not_ is not None:
        yield from _when(source, (*loc, "not"), when.not_, codes, units)


def _answers(files: Files, codes: list[str], templates: frozenset[str] | None) -> Iterator[Problem]:
    for i, target in enumerate(files.sla.table.target):
        for j, code in enumerate(target.service or ()):
            yield from _known(files.sla.source, ("target", i, "service", j), "service", code, codes)
    for i, reply in enumerate(files.replies.table.reply):
        for j, code in enumerate(reply.service or ()):
            yield from _known(files.replies.source, ("reply", i, "service", j), "service", code, codes)
        if templates is not None:
            yield from _known(files.replies.source, ("reply", i, "template"), "template", reply.template, templates)


def _known(source: Source, loc: Loc, what: str, name: str, known: Iterable[str]) -> Iterator[Problem]:
    names = list(known)
    if name not in names:
        yield source.problem(loc, f'unknown {what} "{name}"', nearest(name, names))


def _not_admitted(source: Source, loc: Loc, name: str, types: Iterable[str]) -> Problem:
    return source.problem(loc, f'type "{name}" is not admitted by the service', f"it admits: {', '.join(types)}")
