"""Doubtful phrases: the same in two services, and such as another beside them makes useless."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from router.rulebook.lint_ground import Ground
from router.rulebook.phrase import alternatives, is_expression
from router.rulebook.problem import Problem
from router.rulebook.shape import SignalTable
from router.rulebook.source import Loc, Source
from router.rulebook.tables import WhenTable
from router.rulebook.words import Lexicon, fold, written

_SIGNALS = ("signal", "kendala", "permohonan", "pertanyaan")
_SHOWN = 3
Forms = tuple[str, ...]
Groups = Mapping[str, Sequence[str]]


class Alternative(NamedTuple):
    """One of a phrase's alternatives: which phrase of the list, as written, its group or "", its words' normal forms
    (what is taken to the letter has the text itself as its only form)."""

    at: int
    written: str
    group: str
    forms: Forms


def same_in_two_services(ground: Ground) -> Iterator[Problem]:
    """Signals of two services that ask for the same and weigh the same: such a mail is decided by chance.

    Phrases of a group are shared on purpose; what speaks against may speak against many.
    """
    first: dict[Hashable, tuple[str, str]] = {}
    for file in ground.files.catalog:
        for i, signal in enumerate(file.table.signal):
            place = f"{file.source.path}:{file.source.line('signal', i)}"
            shared: dict[tuple[str, str], list[tuple[Loc, str]]] = {}
            for key, loc, shown in _asked(signal, ("signal", i), ground) if signal.weight > 0 else ():
                owner = first.setdefault(key, (file.table.code, place))
                if owner[0] != file.table.code:
                    shared.setdefault(owner, []).append((loc, shown))
            for (code, other), found in shared.items():
                message = f"{_some([shown for _, shown in found])} berbobot {signal.weight:g} juga ada di {code}"
                hint = f"lihat {other}; bedakan bobotnya atau tambahkan kata pembeda"
                yield file.source.problem(found[0][0], message, hint)


def _some(shown: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = len(shown) - _SHOWN
    return ", ".join(shown[:_SHOWN]) + (f" dan {more} lainnya" if more > 0 else "")


def _asked(signal: SignalTable, loc: Loc, ground: Ground) -> Iterator[tuple[Hashable, Loc, str]]:
    """What a signal asks for, as keys that are equal where it is the same; with place and words for people."""
    groups = ground.files.vocabulary.table.group
    bounds = (
        signal.weight,
        signal.audience,
        signal.mailbox,
        frozenset(signal.where),
        *(_all_forms(listed, groups, ground.lexicon) for listed in (signal.not_near, signal.unless)),
    )
    if signal.all or signal.near:
        together = [
            frozenset(_all_forms([phrase], groups, ground.lexicon) for phrase in listed)
            for listed in (signal.all, signal.near)
        ]
        key = (*bounds, *together, _all_forms(signal.any, groups, ground.lexicon))
        key_name = "near" if signal.near else "all"
        shown = ", ".join(f'"{p}"' for p in getattr(signal, key_name))
        yield key, (*loc, key_name), f"{key_name} = [{shown}]"
        return
    for one in _alternatives(signal.any, groups, ground.lexicon):
        if not one.group:
            yield (*bounds, "".join(one.forms)), (*loc, "any", one.at), f'"{one.written}"'


def swallowed(ground: Ground) -> Iterator[Problem]:
    """Phrases that add nothing, because a shorter one in the same list stands wherever they do; and such as stand twice.

    Other ways to write the same ("e-ska", "eska", "didaftarkan", "daftar") do no harm, and people list them: no finding.
    """
    groups = ground.files.vocabulary.table.group
    for source, loc, listed in _lists(ground):
        useless = list(_useless(_alternatives(listed, groups, ground.lexicon)))
        if useless:
            shown = [f'"{long.written}" {_by(long, short)}' for long, short in useless]
            hint = "frasa itu tidak menambah apa pun: hapus, atau hapus yang lebih pendek bila terlalu luas"
            at = loc if isinstance(loc[-1], int) else (*loc, useless[0][0].at)
            yield source.problem(at, _some(shown), hint)


def needless(ground: Ground) -> Iterator[Problem]:
    """Phrases of `all` and `near` that are asked for twice over: a longer one of the same list holds them."""
    groups = ground.files.vocabulary.table.group
    for source, loc, signal in _signals(ground):
        for key in ("all", "near"):
            listed = getattr(signal, key)
            items = [_alternatives([phrase], groups, ground.lexicon) for phrase in listed]
            for i, j in permutations(range(len(items)), 2):
                if _always_holds(items[j], items[i]) and not (i > j and _always_holds(items[i], items[j])):
                    message = f'"{listed[i]}" selalu ada bila "{listed[j]}" ada'
                    yield source.problem((*loc, key, i), message, f"syarat {key} itu tidak menambah apa pun: hapus")


def _always_holds(longer: Sequence[Alternative], shorter: Sequence[Alternative]) -> bool:
    """Does one of `shorter` stand wherever any of `longer` does?"""
    return all(any(_stands_in(short.forms, long.forms) for short in shorter) for long in longer)


def _by(long: Alternative, short: Alternative) -> str:
    inside = f" dalam @{short.group}" if short.group else ""
    twice = (
        "tertulis dua kali" if fold(long.written) == fold(short.written) else f'sudah tercakup oleh "{short.written}"'
    )
    return twice + inside


def _useless(found: Sequence[Alternative]) -> Iterator[tuple[Alternative, Alternative]]:
    """(long, short) for each alternative that another makes useless. Those of a group are judged in the group alone."""
    for number, long in enumerate(found):
        for other, short in enumerate(found):
            if other == number or long.group:
                continue
            twice = fold(long.written) == fold(short.written) and (bool(short.group) or other < number)
            longer = len(long.forms) > len(short.forms) and _bare(long) != _bare(short)
            if twice or (longer and _stands_in(short.forms, long.forms)):
                yield long, short
                break


def _bare(one: Alternative) -> str:
    """How it is written, without blanks and punctuation."""
    return "".join(written(fold(one.written)))


def _stands_in(short: Forms, long: Forms) -> bool:
    width = len(short)
    return any(long[i : i + width] == short for i in range(len(long) - width + 1))


def _signals(ground: Ground) -> Iterator[tuple[Source, Loc, SignalTable]]:
    """Every signal of every file."""
    files = ground.files
    for file in files.catalog:
        for name in _SIGNALS:
            yield from ((file.source, (name, i), signal) for i, signal in enumerate(getattr(file.table, name)))
    for name in _SIGNALS[1:]:
        yield from (
            (files.types.source, (name, i), signal) for i, signal in enumerate(getattr(files.types.table, name))
        )
    for i, table in enumerate(files.elsewhere.table.elsewhere):
        for j, signal in enumerate(table.signal):
            yield files.elsewhere.source, ("elsewhere", i, "signal", j), signal
    yield from ((files.screen.source, ("signal", i), signal) for i, signal in enumerate(files.screen.table.signal))


def _lists(ground: Ground) -> Iterator[tuple[Source, Loc, Sequence[str]]]:
    """Every list of phrases of which any will do. Each item of `all` and `near` is a list of its own."""
    files = ground.files
    for source, loc, signal in _signals(ground):
        for key in ("any", "not_near", "unless"):
            yield source, (*loc, key), getattr(signal, key)
        for key in ("all", "near"):
            for j, phrase in enumerate(getattr(signal, key)):
                yield source, (*loc, key, j), [phrase]
    for file in files.catalog:
        if file.table.letter:
            yield file.source, ("letter", "any"), file.table.letter.any
            yield file.source, ("letter", "unless"), file.table.letter.unless
    for name, group in files.vocabulary.table.group.items():
        yield files.vocabulary.source, ("group", name), group
    for i, rule in enumerate(files.routing.table.rule):
        yield from _of_condition(files.routing.source, ("rule", i, "when"), rule.when)


def _of_condition(source: Source, loc: Loc, when: WhenTable) -> Iterator[tuple[Source, Loc, Sequence[str]]]:
    for key in ("subject", "body"):
        yield source, (*loc, key), getattr(when, key) or ()
    for key in ("all", "any"):
        for i, below in enumerate(getattr(when, key) or ()):
            yield from _of_condition(source, (*loc, key, i), below)
    if when.not_ is not None:
        yield from _of_condition(source, (*loc, "not"), when.not_)


def _all_forms(phrases: Iterable[str], groups: Groups, lexicon: Lexicon) -> frozenset[Forms]:
    return frozenset(one.forms for one in _alternatives(phrases, groups, lexicon))


def _alternatives(phrases: Iterable[str], groups: Groups, lexicon: Lexicon) -> list[Alternative]:
    """The alternatives of all phrases of a list, in order."""
    found = []
    for at, phrase in enumerate(phrases):
        if is_expression(phrase):
            found.append(Alternative(at, phrase, "", (phrase,)))
            continue
        for part in phrase.split("|"):
            name = part.strip()
            group = name[1:] if name.startswith("@") and name[1:] in groups else ""
            for shown in groups[group] if group else (name,):
                found += [Alternative(at, shown, group, forms) for forms in _forms(shown, lexicon)]
    return found


def _forms(phrase: str, lexicon: Lexicon) -> Iterator[Forms]:
    for name, listed in alternatives(phrase, {}):
        if not listed:
            yield (name,)
        for words in listed:
            yield tuple(form for word in words for form in lexicon.normal(word))
