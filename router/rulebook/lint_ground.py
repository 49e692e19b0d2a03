"""Ground: what the checks of `rules lint` look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from router.rulebook.files import Files
from router.rulebook.words import Lexicon


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the rules made of recorded mail: of how many messages, and which routing rules matched any of them."""

    mails: int
    matched: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """A rule set without faults, the names of the templates, the day, and recorded mail (None: there is none to look at)."""

    files: Files
    lexicon: Lexicon
    templates: frozenset[str]
    today: date
    recorded: Recorded | None = None
