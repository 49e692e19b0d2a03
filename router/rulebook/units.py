"""Units that own services, and their working hours as the rule files name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from router.rulebook.tables import HoursTable, UnitTable

_DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")


@dataclass(frozen=True, slots=True)
class Hours:
    """Working time: weekdays (Monday 0), from and to in a zone, and further days off."""

    days: frozenset[int]
    start: time
    end: time
    zone: str
    holidays: frozenset[date]

    def working(self, moment: datetime) -> bool:
        """Is that moment (with a zone) working time?"""
        local = moment.astimezone(ZoneInfo(self.zone))
        inside = self.start <= local.time() < self.end
        return inside and local.weekday() in self.days and local.date() not in self.holidays


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: where forwards go, who may act for it (addresses or patterns in lower case), how relays are signed."""

    key: str
    name: str
    address: str
    parent: str | None
    agents: tuple[str, ...]
    supervisors: tuple[str, ...]
    hours: Hours | None
    signature: str
    stand_in: str | None
    file: str
    line: int

    def has_agent(self, address: str) -> bool:
        """Is this addr-spec one of the unit's agents?"""
        return any(fnmatchcase(address.lower(), pattern) for pattern in self.agents)

    def has_supervisor(self, address: str) -> bool:
        """Is this addr-spec one of the unit's supervisors?"""
        return any(fnmatchcase(address.lower(), pattern) for pattern in self.supervisors)


def hours(table: HoursTable) -> Hours:
    """Working hours from their table."""
    days = frozenset(_DAYS.index(day) for day in table.days)
    start, end = time.fromisoformat(table.from_), time.fromisoformat(table.to)
    return Hours(days, start, end, table.zone, frozenset(table.holidays))


def unit(key: str, table: UnitTable, known: dict[str, Hours], file: str, line: int) -> Unit:
    """A unit from its table."""
    return Unit(
        key=key,
        name=table.name,
        address=table.address,
        parent=table.parent,
        agents=tuple(a.lower() for a in table.agents),
        supervisors=tuple(a.lower() for a in table.supervisors),
        hours=known.get(table.hours or ""),
        signature=table.signature,
        stand_in=table.stand_in,
        file=file,
        line=line,
    )
