"""learned.toml: phrases found in decided mail that count once a person has accepted them (docs/rules.md, 13)."""

from __future__ import annotations

from collections.abc import Iterator

from router.rulebook.files import File
from router.rulebook.index import PhraseIndex
from router.rulebook.known import Known, named, phrases
from router.rulebook.problem import Problem
from router.rulebook.shape import SignalTable
from router.rulebook.signal import Owner, Signal, make
from router.rulebook.tables import LearnedFile, LearnedTable


def check_learned(file: File[LearnedFile], known: Known) -> Iterator[Problem]:
    """Services that don't exist and phrases that can never match, accepted or not."""
    for i, entry in enumerate(file.table.learned):
        here = ("learned", i)
        if entry.service is not None:
            yield from named(file.source, (*here, "service"), "service", entry.service, known.codes)
        for problem in phrases(file.source, here, [entry.phrase], known):
            line, column = file.source.place((*here, "phrase"))
            yield Problem(problem.path, line, column, problem.message, problem.hint)


def learned_signals(file: File[LearnedFile], index: PhraseIndex) -> list[Signal]:
    """The accepted phrases as signals of their services and types."""
    return [
        make(_signal(entry), index, file.source, ("learned", i), _owner(entry))
        for i, entry in enumerate(file.table.learned)
        if entry.accepted
    ]


def _signal(entry: LearnedTable) -> SignalTable:
    return SignalTable(weight=entry.weight, any=[entry.phrase], why=f"dipelajari dari {entry.mails} surat")


def _owner(entry: LearnedTable) -> Owner:
    return Owner("service", entry.service) if entry.service else Owner("type", "types", entry.type or "")
