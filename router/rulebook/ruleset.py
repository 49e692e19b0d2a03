"""RuleBook: a whole set of rules, checked and compiled. Made by `router.rulebook.book.load`, changed by nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from router.mail.message import Message
from router.rulebook.firing import SignalSet
from router.rulebook.index import PhraseIndex
from router.rulebook.letter import LetterWords
from router.rulebook.reading import Reading, look
from router.rulebook.route import Rule
from router.rulebook.service import Elsewhere, Service
from router.rulebook.shape import ScoringFile
from router.rulebook.tables import ReplyTable, SlaFile
from router.rulebook.units import Unit
from router.rulebook.zones import Markers

_ZONE = "Asia/Jakarta"
Key = tuple[str, str | None, int, tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Screen:
    """screen.toml: sender patterns in lower case, and the signals of spam with the sum from which it is."""

    threshold: float
    block: tuple[str, ...]
    allow: tuple[str, ...]
    signals: SignalSet


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A rule set. Dicts are keyed by service code, elsewhere's name, unit key; nobody changes them.

    `version` is a digest of what the files say (not of comments or layout). `factors` and `late_factors` are by place.
    `texts` is what each file says, by its path below the directory: enough to write the set out again.
    """

    version: str
    services: dict[str, Service]
    elsewhere: dict[str, Elsewhere]
    units: dict[str, Unit]
    rules: tuple[Rule, ...]
    screen: Screen
    sla: SlaFile
    replies: tuple[ReplyTable, ...]
    scoring: ScoringFile
    markers: Markers
    letter_words: LetterWords
    index: PhraseIndex = field(repr=False)
    signals: SignalSet = field(repr=False)
    factors: Mapping[str, float]
    late_factors: Mapping[str, float]
    texts: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    _last: list[tuple[Key, Reading]] = field(default_factory=list, repr=False, compare=False)

    def look(self, message: Message) -> Reading:
        """The message as the rules see it. The last one is remembered: screening and deciding read the same message."""
        key = _key(message)
        last = self._last[-1:]
        if last and last[0][0] == key:
            return last[0][1]
        reading = look(message, self.markers, self.index)
        self._last[:] = [(key, reading)]
        return reading

    def day(self, moment: datetime | None) -> date | None:
        """On which day a moment (with a zone) falls where the units work, for what has dates. None: unknown."""
        if moment is None:
            return None
        zone = next((u.hours.zone for u in self.units.values() if u.hours), _ZONE)
        return moment.astimezone(ZoneInfo(zone)).date()

    def unit_of(self, address: str) -> Unit | None:
        """The first unit that has this addr-spec among its agents, if any."""
        return next((u for u in self.units.values() if u.has_agent(address)), None)


def _key(message: Message) -> Key:
    """What a Reading depends on, without keeping the message (and its attachments) alive."""
    return message.digest, message.subject, len(message.text), tuple(a.filename for a in message.attachments)
