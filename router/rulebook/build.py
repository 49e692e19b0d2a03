"""Checked files → RuleBook: phrases become numbers of one index, tables become values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from router.rulebook import shape
from router.rulebook.aside import asides
from router.rulebook.condition import condition
from router.rulebook.files import File, Files
from router.rulebook.firing import collect
from router.rulebook.index import PhraseIndex
from router.rulebook.learned import learned_signals
from router.rulebook.letter import LetterWords
from router.rulebook.route import Rule
from router.rulebook.ruleset import RuleBook, Screen
from router.rulebook.service import Elsewhere, Example, LetterPolicy, Service
from router.rulebook.service import Owner as UnitOwner
from router.rulebook.signal import Owner, OwnerKind, Signal, make, numbers
from router.rulebook.source import Source
from router.rulebook.units import Hours, Unit, hours, unit
from router.rulebook.words import Lexicon
from router.rulebook.zones import Markers, beginnings

_TYPES = ("kendala", "permohonan", "pertanyaan")


def build(files: Files, version: str) -> RuleBook:
    """The rule set of files that have no faults."""
    vocabulary = files.vocabulary.table
    words = vocabulary.words
    index = PhraseIndex(
        Lexicon({**vocabulary.spelling, **_apart(vocabulary)}, words.roots, words.keep), vocabulary.group
    )
    signals = [*_catalog_signals(files, index), *_type_signals(files, index), *_elsewhere_signals(files, index)]
    signals += learned_signals(files.learned, index)
    screening = _signals(files.screen, "signal", files.screen.table.signal, index, Owner("screen", "screen"))
    place = files.scoring.table.place.model_dump()
    late = place.pop("late_quote")
    book = RuleBook(
        version=version,
        services={f.table.code: _service(f, index) for f in sorted(files.catalog, key=lambda f: f.table.code)},
        elsewhere=_elsewheres(files),
        units=_units(files),
        rules=_rules(files, index),
        screen=Screen(
            files.screen.table.threshold,
            tuple(p.lower() for p in files.screen.table.block),
            tuple(p.lower() for p in files.screen.table.allow),
            collect(screening),
        ),
        sla=files.sla.table,
        replies=tuple(files.replies.table.reply),
        scoring=files.scoring.table,
        markers=Markers(
            closings=beginnings(words.closings),
            greetings=beginnings(words.greetings),
            disclaimers=beginnings(words.disclaimers),
            second=beginnings(words.second),
            asides=asides(words.fine, words.doubt, words.excepted, words.turns),
        ),
        letter_words=LetterWords(numbers(index, vocabulary.letter.words), numbers(index, vocabulary.letter.later)),
        index=index,
        signals=collect(signals),
        factors=place,
        late_factors={**place, "quote": late, "forwarded": place["body"]},
        texts=files.texts,
    )
    index.freeze()
    return book


def _apart(vocabulary: shape.VocabularyFile) -> dict[str, list[str]]:
    """Synonyms, joined with the spellings of the same normal form."""
    return {n: [*vocabulary.spelling.get(n, ()), *ways] for n, ways in vocabulary.synonym.items()}


def _signals(
    file: File[Any], key: str, listed: Iterable[shape.SignalTable], index: PhraseIndex, owner: Owner
) -> list[Signal]:
    return [make(table, index, file.source, (key, i), owner) for i, table in enumerate(listed)]


def _catalog_signals(files: Files, index: PhraseIndex) -> list[Signal]:
    found = []
    for file in files.catalog:
        code = file.table.code
        found += _signals(file, "signal", file.table.signal, index, Owner("service", code))
        for name in _TYPES:
            found += _signals(file, name, getattr(file.table, name), index, Owner("service type", code, name))
    return found


def _type_signals(files: Files, index: PhraseIndex) -> list[Signal]:
    found = []
    for name in _TYPES:
        found += _signals(files.types, name, getattr(files.types.table, name), index, Owner("type", "types", name))
    return found


def _elsewhere_signals(files: Files, index: PhraseIndex) -> list[Signal]:
    kind: OwnerKind = "elsewhere"
    return [
        make(signal, index, files.elsewhere.source, ("elsewhere", i, "signal", j), Owner(kind, table.name))
        for i, table in enumerate(files.elsewhere.table.elsewhere)
        for j, signal in enumerate(table.signal)
    ]


def _service(file: File[shape.ServiceFile], index: PhraseIndex) -> Service:
    table, source = file.table, file.source
    policy = table.letter
    return Service(
        code=table.code,
        name=table.name,
        name_en=table.name_en,
        category=table.category,
        types=tuple(table.types),
        serves=frozenset(table.serves),
        usual=table.usual or table.types[0],
        owners=_owners(table.owner),
        contact=table.contact,
        source=table.source,
        details=tuple(table.details),
        neighbours=tuple(table.neighbours),
        instead=tuple((i.audience, i.service) for i in table.instead),
        letter=None
        if policy is None
        else LetterPolicy(frozenset(policy.types), numbers(index, policy.any), numbers(index, policy.unless)),
        examples=_examples(
            source, ("example",), table.example, "internal" if "internal" in table.serves else "external"
        ),
        file=source.path,
        line=source.line("code"),
    )


def _elsewheres(files: Files) -> dict[str, Elsewhere]:
    source = files.elsewhere.source
    return {
        table.name: Elsewhere(
            table.name,
            table.unit,
            _examples(source, ("elsewhere", i, "example"), table.example, "external"),
            source.path,
            source.line("elsewhere", i),
        )
        for i, table in enumerate(files.elsewhere.table.elsewhere)
    }


def _examples(
    source: Source, loc: tuple[str | int, ...], listed: Iterable[shape.ExampleTable], audience: shape.AudienceName
) -> tuple[Example, ...]:
    found = []
    for i, table in enumerate(listed):
        line, column = source.place((*loc, i, "mail"))
        found.append(
            Example(
                mail=table.mail,
                subject=table.subject,
                mailbox=table.mailbox,
                audience=table.audience or audience,
                attachments=tuple(table.attachments),
                type=table.type,
                letter=table.letter,
                wanted=not table.not_,
                file=source.path,
                line=line,
                column=column,
            )
        )
    return tuple(found)


def _units(files: Files) -> dict[str, Unit]:
    source, table = files.units.source, files.units.table
    known: dict[str, Hours] = {key: hours(h) for key, h in table.hours.items()}
    return {key: unit(key, u, known, source.path, source.line("unit", key)) for key, u in table.unit.items()}


def _rules(files: Files, index: PhraseIndex) -> tuple[Rule, ...]:
    source = files.routing.source
    return tuple(
        Rule(
            name=r.name,
            file=source.path,
            line=source.line("rule", i),
            when=condition(r.when, index.add),
            then=r.then,
            units=_owners(r.then.unit or ()),
            since=r.from_,
            until=r.until,
        )
        for i, r in enumerate(files.routing.table.rule)
    )


def _owners(tables: Iterable[shape.OwnerTable]) -> tuple[UnitOwner, ...]:
    return tuple(UnitOwner(o.unit, o.until) for o in tables)
