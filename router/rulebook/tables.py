"""The shape of the rule files that speak of people and mail (docs/rules.md, 8-12), as pydantic models."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from router.rulebook.shape import AudienceName, Names, Owners, SignalTable, Table, TypeName, listed, matching

PriorityName = Literal["low", "normal", "high", "urgent"]
LanguageName = Literal["id", "en", "both"]
LetterName = Literal["not-required", "present", "missing"]
ConfidenceName = Literal["sure", "unsure"]
Day = Literal["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
Duration = Annotated[str, matching(r"[1-9]\d*[mhd]", "a working time such as 30m, 4h or 3d")]
Clock = Annotated[str, matching(r"([01]\d|2[0-3]):[0-5]\d", "a time such as 08:00")]
AddrSpec = Annotated[str, matching(r"[^@\s]+@[^@\s]+", "an address such as hero@kemendag.go.id")]
OneOrMore = BeforeValidator(listed)


class WhenTable(Table):
    """Conditions: every key given must hold, a list means one of them."""

    all: list[WhenTable] | None = None
    any: list[WhenTable] | None = None
    not_: WhenTable | None = Field(default=None, alias="not")
    mailbox: Names | None = None
    from_: Names | None = Field(default=None, alias="from")
    from_domain: Names | None = None
    to: Names | None = None
    cc: Names | None = None
    subject: Names | None = None
    body: Names | None = None
    header: dict[str, str] | None = None
    attachment: Names | None = None
    size_over: float | None = Field(default=None, gt=0)
    audience: Annotated[list[AudienceName], OneOrMore] | None = None
    language: Annotated[list[LanguageName], OneOrMore] | None = None
    service: Names | None = None
    type: Annotated[list[TypeName], OneOrMore] | None = None
    confidence: Annotated[list[ConfidenceName], OneOrMore] | None = None
    letter: Annotated[list[LetterName], OneOrMore] | None = None
    unit: Names | None = None
    priority: Annotated[list[PriorityName], OneOrMore] | None = None
    eligible: bool | None = None
    authenticated: bool | None = None
    hours: Literal["working", "after"] | None = None


class ThenTable(Table):
    """Actions of a routing rule."""

    service: str | None = None
    type: TypeName | None = None
    unit: Owners | None = None
    priority: PriorityName | None = None
    copy_to: Names = Field(default_factory=list)
    tag: Names = Field(default_factory=list)
    template: str | None = None
    language: LanguageName | None = None
    acknowledge: bool | None = None
    hold: bool = False
    reject: str | None = None
    stop: bool = False
    note: Names = Field(default_factory=list)


class RuleTable(Table):
    """One routing rule, in force from a day until a day (both included)."""

    name: str = Field(min_length=1)
    when: WhenTable
    then: ThenTable
    from_: datetime.date | None = Field(default=None, alias="from")
    until: datetime.date | None = None


class RoutingFile(Table):
    """routing.toml"""

    rule: list[RuleTable] = Field(default_factory=list)


class HoursTable(Table):
    """Working time by the week, in a time zone, with further days off."""

    days: list[Day] = Field(min_length=1)
    from_: Clock = Field(alias="from")
    to: Clock
    zone: str = "Asia/Jakarta"
    holidays: list[datetime.date] = Field(default_factory=list)


class UnitTable(Table):
    """An owning unit."""

    name: str = Field(min_length=1)
    address: AddrSpec
    parent: str | None = None
    agents: list[str] = Field(default_factory=list)
    supervisors: list[str] = Field(default_factory=list)
    hours: str | None = None
    signature: Literal["unit", "agent"] = "unit"
    stand_in: str | None = None


class UnitsFile(Table):
    """units.toml"""

    hours: dict[str, HoursTable] = Field(default_factory=dict)
    unit: dict[str, UnitTable]


class ScreenFile(Table):
    """screen.toml"""

    threshold: float = Field(gt=0)
    block: list[str] = Field(default_factory=list)
    allow: list[str] = Field(default_factory=list)
    signal: list[SignalTable] = Field(default_factory=list)


class TargetTable(Table):
    """Within what working time a ticket gets its first answer and its end."""

    service: Names | None = None
    type: Annotated[list[TypeName], OneOrMore] | None = None
    priority: Annotated[list[PriorityName], OneOrMore] | None = None
    first_answer: Duration
    resolution: Duration


class RemindersTable(Table):
    """At which per cent of a target the unit is reminded."""

    at: list[int] = Field(default=[50, 90])


class ClosingTable(Table):
    """When a resolved ticket is closed, and how long an answer opens it again."""

    after: Duration = "3d"
    reopen: Duration = "14d"


class SlaFile(Table):
    """sla.toml"""

    target: list[TargetTable] = Field(default_factory=list)
    reminders: RemindersTable = RemindersTable()
    closing: ClosingTable = ClosingTable()


class ReplyTable(Table):
    """Which template answers what."""

    kind: str
    template: str
    service: Names | None = None
    type: Annotated[list[TypeName], OneOrMore] | None = None
    audience: Annotated[list[AudienceName], OneOrMore] | None = None
    language: Annotated[list[LanguageName], OneOrMore] | None = None
    letter: Annotated[list[LetterName], OneOrMore] | None = None
    confidence: Annotated[list[ConfidenceName], OneOrMore] | None = None
    eligible: bool | None = None


class RepliesFile(Table):
    """replies.toml"""

    reply: list[ReplyTable] = Field(default_factory=list)


class LearnedTable(Table):
    """A phrase that `hero-router rules learn` found in decided mail. It speaks for a service or for a type, and counts only
    when a person has accepted it. `mails` held it and were of that service or type, `against` held it and were not."""

    service: str | None = None
    type: TypeName | None = None
    phrase: str
    weight: float
    mails: int = Field(default=0, ge=0)
    against: int = Field(default=0, ge=0)
    source: list[str] = Field(default_factory=list)
    accepted: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> LearnedTable:
        if (self.service is None) is (self.type is None):
            raise ValueError('needs either "service" or "type"')
        return self


class LearnedFile(Table):
    """learned.toml"""

    learned: list[LearnedTable] = Field(default_factory=list)
