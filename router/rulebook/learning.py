"""Decided mail → phrases that speak for a service or a type, and how strongly. Pure; two passes, so that memory stays flat.

First `teach` all mail that a person labelled: only what several of those share becomes a candidate. Then `weigh_against`
everything else. `proposals` drops what names somebody, what the rules know already, and what does not tell services apart.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from router.rulebook.decision import Circumstances
from router.rulebook.example import message_of
from router.rulebook.lesson import Lesson, Phrase, is_known
from router.rulebook.ruleset import RuleBook
from router.rulebook.tables import LearnedTable

MAILS = 3  # so many must hold a phrase before it is proposed
AUTHORS = 2  # of so many people: what one alone writes is his own
PRECISE = 0.8  # the share of mails with the phrase that are of its service or type
LEAST, MOST = 1.0, 4.0  # points
SHOWN = 8  # proposals a service or type
_DAMPED = 0.5  # phrases of one mail are not independent of each other
_COMMON = 2  # mails that write a word in small letters, from which on it is no name

Label = tuple[str, str]
"""("service", code) or ("type", name)."""


@dataclass(slots=True)
class _Seen:
    """A phrase in labelled mail: how it is written, by whom, with which labels and from which sources."""

    said: Counter[str] = field(default_factory=Counter)
    authors: set[str] = field(default_factory=set)
    labels: Counter[Label] = field(default_factory=Counter)
    sources: dict[Label, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    others: Counter[Label] = field(default_factory=Counter)


class Names:
    """Which words name somebody, judged by all mail that was looked at."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._named: set[str] = set()
        self._titled: set[str] = set()
        self._small: Counter[str] = Counter()

    def note(self, lesson: Lesson) -> None:
        """Takes up how a mail writes its words."""
        self._named |= lesson.named
        self._titled |= lesson.titled
        self._small.update(lesson.small - lesson.named)

    def has(self, said: str) -> bool:
        """Does a phrase hold a word that names somebody somewhere, or is hardly ever written small? What the rules hold
        is no name."""
        return any(self._is_name(word) for word in said.split())

    def _is_name(self, word: str) -> bool:
        if is_known(word, self._book):
            return False
        small = self._small[word]
        return (word in self._named and small < _COMMON) or (word in self._titled and not small)


class Study:
    """What labelled mail has in common, label by label."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.names = Names(book)
        self.mails: Counter[Label] = Counter()
        self._all: Counter[str] = Counter()  # labelled mails by kind of label
        self._others: Counter[Label] = Counter()
        self._seen: dict[Phrase, _Seen] = {}

    def teach(self, lesson: Lesson, labels: list[Label], source: str) -> None:
        """A mail that a person labelled; `source` says where that is known from."""
        self.names.note(lesson)
        for label in labels:
            self.mails[label] += 1
            self._all[label[0]] += 1
        for phrase, said in lesson.phrases.items():
            seen = self._seen.setdefault(phrase, _Seen())
            seen.said[said] += 1
            seen.authors.add(lesson.author)
            for label in labels:
                seen.labels[label] += 1
                seen.sources[label][source] += 1

    def settle(self) -> None:
        """The labelled mail is through: what fewer share than would do is forgotten."""
        self._seen = {
            phrase: seen
            for phrase, seen in self._seen.items()
            if len(seen.authors) >= AUTHORS and max(seen.labels.values(), default=0) >= MAILS
        }

    def weigh_against(self, lesson: Lesson, labels: list[Label]) -> None:
        """Other mail with what the rules decided about it: it counts against phrases of other labels only."""
        self.names.note(lesson)
        for label in labels:
            self._others[label] += 1
        for phrase in lesson.phrases.keys() & self._seen.keys():
            self._seen[phrase].others.update(labels)

    def proposals(self) -> list[LearnedTable]:
        """Entries for learned.toml, none of them accepted, by label, the heaviest first."""
        found: dict[Label, list[tuple[float, Phrase, LearnedTable]]] = defaultdict(list)
        for phrase, seen in self._seen.items():
            said = min(seen.said, key=lambda way: (-seen.said[way], way))
            if self.names.has(said):
                continue
            for label, mails in seen.labels.items():
                entry = self._entry(said, label, mails, seen)
                if entry is not None and not knows(self.book, said, label):
                    found[label].append((entry.weight * mails, phrase, entry))
        return [entry for label in sorted(found) for entry in _best(found[label])]

    def _entry(self, said: str, label: Label, mails: int, seen: _Seen) -> LearnedTable | None:
        kind, name = label
        against = sum(n for other, n in (seen.labels + seen.others).items() if other[0] == kind and other != label)
        if mails < MAILS or mails < PRECISE * (mails + against):
            return None
        rest = (
            self._all[kind]
            - self.mails[label]
            + sum(n for other, n in self._others.items() if other[0] == kind and other != label)
        )
        odds = _log_odds(mails, self.mails[label]) - _log_odds(against, rest)
        points = min(MOST, _DAMPED * self.book.scoring.confidence.temperature * odds)
        if points < LEAST:
            return None
        source = [f"{where}: {n}" for where, n in sorted(seen.sources[label].items())]
        return LearnedTable.model_validate(
            {
                kind: name,
                "phrase": said,
                "weight": round(points * 2) / 2,
                "mails": mails,
                "against": against,
                "source": source,
            }
        )


def knows(book: RuleBook, said: str, label: Label) -> bool:
    """Does a signal of the service or type fire on the phrase alone?"""
    anybody = Circumstances("hero", "internal", True)
    for fired in book.signals.fire(book.look(message_of(said)).hits, anybody, book.factors):
        owner = fired.signal.owner
        mine = owner.key if owner.kind == "service" else owner.type
        if fired.weight > 0 and mine == label[1]:
            return True
    return False


def _log_odds(part: int, whole: int) -> float:
    return math.log((part + 0.5) / (max(whole - part, 0) + 0.5))


def _best(listed: list[tuple[float, Phrase, LearnedTable]]) -> Iterator[LearnedTable]:
    """The strongest; a phrase that lies inside another one, or round it, adds nothing."""
    chosen: list[Phrase] = []
    for _, phrase, entry in sorted(listed, key=lambda one: (-one[0], -len(one[1]), one[1])):
        if len(chosen) == SHOWN:
            return
        if not any(inside(phrase, other) or inside(other, phrase) for other in chosen):
            chosen.append(phrase)
            yield entry


def inside(part: Phrase, whole: Phrase) -> bool:
    """Do the words of the one stand in a row in the other?"""
    return any(whole[i : i + len(part)] == part for i in range(len(whole) - len(part) + 1))
