"""What the files say of each other: services, units, types and templates that don't exist; phrases that can't match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from router.rulebook.check_desk import check_answers, check_routing, check_units
from router.rulebook.files import File, Files
from router.rulebook.known import Known, Loc, named, not_admitted, phrases
from router.rulebook.learned import check_learned
from router.rulebook.problem import Problem
from router.rulebook.shape import ExampleTable, ServiceFile, SignalTable
from router.rulebook.source import Source
from router.rulebook.words import clean, written


def check(files: Files, templates: frozenset[str] | None = None) -> Iterator[Problem]:
    """Every fault between the files. `templates`: the names that exist (None: not looked at)."""
    known = Known(files.codes, files.unit_names, templates, files.vocabulary.table.group)
    yield from _twice(files.catalog)
    for file in files.catalog:
        yield from _service(file, known)
    yield from _elsewhere(files, known)
    for name in ("kendala", "permohonan", "pertanyaan"):
        yield from _signals(files.types.source, (name,), getattr(files.types.table, name), known)
    yield from _vocabulary(files, known)
    yield from check_units(files.units, known)
    yield from check_routing(files.routing, {f.table.code: f.table.types for f in files.catalog}, known)
    yield from _signals(files.screen.source, ("signal",), files.screen.table.signal, known, plain=True)
    yield from check_answers(files, known)
    yield from check_learned(files.learned, known)


def _twice(catalog: Iterable[File[ServiceFile]]) -> Iterator[Problem]:
    first: dict[str, Source] = {}
    for file in catalog:
        code = file.table.code
        if code in first:
            yield file.source.problem(("code",), f'code "{code}" is taken', f"{first[code].path} has it")
        first.setdefault(code, file.source)


def _service(file: File[ServiceFile], known: Known) -> Iterator[Problem]:
    source, table = file.source, file.table
    for i, owner in enumerate(table.owner):
        yield from named(source, ("owner", i, "unit"), "unit", owner.unit, known.units)
    for i, code in enumerate(table.neighbours):
        yield from named(source, ("neighbours", i), "service", code, known.codes)
    for i, instead in enumerate(table.instead):
        yield from named(source, ("instead", i, "service"), "service", instead.service, known.codes)
    if table.usual and table.usual not in table.types:
        yield not_admitted(source, ("usual",), table.usual, table.types)
    if table.letter:
        for i, kind in enumerate(table.letter.types):
            if kind not in table.types:
                yield not_admitted(source, ("letter", "types", i), kind, table.types)
        for key in ("any", "unless"):
            yield from phrases(source, ("letter", key), getattr(table.letter, key), known)
    for name in ("signal", "kendala", "permohonan", "pertanyaan"):
        yield from _signals(source, (name,), getattr(table, name), known)
    yield from _examples(source, ("example",), table.example, table.types)


def _elsewhere(files: Files, known: Known) -> Iterator[Problem]:
    source = files.elsewhere.source
    names: set[str] = set()
    for i, table in enumerate(files.elsewhere.table.elsewhere):
        if table.name in names:
            yield source.problem(("elsewhere", i, "name"), f'name "{table.name}" is taken')
        names.add(table.name)
        yield from named(source, ("elsewhere", i, "unit"), "unit", table.unit, known.units)
        yield from _signals(source, ("elsewhere", i, "signal"), table.signal, known)
        yield from _examples(source, ("elsewhere", i, "example"), table.example, None)


def _examples(source: Source, loc: Loc, examples: list[ExampleTable], types: Sequence[str] | None) -> Iterator[Problem]:
    for i, example in enumerate(examples):
        if not example.mail.strip():
            yield source.problem((*loc, i, "mail"), '"mail" is empty')
        if example.type and types is not None and example.type not in types:
            yield not_admitted(source, (*loc, i, "type"), example.type, types)


def _signals(
    source: Source, loc: Loc, signals: list[SignalTable], known: Known, *, plain: bool = False
) -> Iterator[Problem]:
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
            yield from phrases(source, (*here, key), getattr(signal, key), known)
        for j, phrase in enumerate(signal.unless):
            if phrase in signal.all or phrase in signal.near or signal.any == [phrase]:
                yield source.problem((*here, "unless", j), f'phrase "{phrase}" is required as well: never fires')


def _vocabulary(files: Files, known: Known) -> Iterator[Problem]:
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
                elif taken.setdefault(joined, normal) != normal:
                    yield source.problem(loc, f'"{way}" is already written for "{taken[joined]}"')
    for name, group in table.group.items():
        yield from phrases(source, ("group", name), group, replace(known, groups={}))
    yield from phrases(source, ("letter", "words"), table.letter.words, known)
    yield from phrases(source, ("letter", "later"), table.letter.later, known)
