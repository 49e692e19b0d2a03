"""The shape of the rule files that speak of words (docs/rules.md, 1-7), as pydantic models: strict, no unknown keys."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

TypeName = Literal["pertanyaan", "permohonan", "kendala"]
AudienceName = Literal["internal", "external"]
PlaceName = Literal["subject", "body", "attachment", "quote", "signature"]


class Table(BaseModel):
    """A table of a rule file."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


def listed(value: Any) -> Any:
    """One value as a list of one."""
    return value if isinstance(value, list) else [value]


def matching(pattern: str, what: str) -> AfterValidator:
    """A string that is `what`."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f'"{value}" is not {what}')
        return value

    return AfterValidator(check)


Names = Annotated[list[str], BeforeValidator(listed)]
"""A name or a list of names."""


class SignalTable(Table):
    """Words that speak for (or against) something."""

    weight: float
    any: list[str] = []
    all: list[str] = []
    near: list[str] = []
    not_near: list[str] = []
    unless: list[str] = []
    where: list[PlaceName] = []
    audience: AudienceName | None = None
    mailbox: str | None = None
    why: str = ""


class ExampleTable(Table):
    """A mail and what must come of it."""

    mail: str
    subject: str = ""
    mailbox: str = "hero"
    audience: AudienceName | None = None
    attachments: list[str] = []
    type: TypeName | None = None
    letter: Literal["not-required", "present", "missing"] | None = None
    not_: bool = Field(default=False, alias="not")


class OwnerTable(Table):
    """A unit and the last day on which it is the owner (None: for ever)."""

    unit: str
    until: datetime.date | None = None


def _owners(value: Any) -> Any:
    return [{"unit": value}] if isinstance(value, str) else value


Owners = Annotated[list[OwnerTable], BeforeValidator(_owners)]


class InsteadTable(Table):
    """Mail of this audience belongs to another service."""

    audience: AudienceName
    service: str


class LetterTable(Table):
    """Which requests need an official letter."""

    types: list[TypeName] = Field(min_length=1)
    any: list[str] = []
    unless: list[str] = []


class ServiceFile(Table):
    """catalog/*.toml"""

    code: Annotated[str, matching(r"[A-Z]\.\d\d", "a code such as A.14")]
    name: str = Field(min_length=1)
    name_en: str | None = None
    category: str
    types: list[TypeName] = Field(min_length=1)
    serves: list[AudienceName] = Field(min_length=1)
    usual: TypeName | None = None
    owner: Owners
    contact: str
    source: str = ""
    details: list[str] = []
    neighbours: list[str] = []
    instead: list[InsteadTable] = []
    letter: LetterTable | None = None
    signal: list[SignalTable] = []
    kendala: list[SignalTable] = []
    permohonan: list[SignalTable] = []
    pertanyaan: list[SignalTable] = []
    example: list[ExampleTable] = []


class ElsewhereTable(Table):
    """Something that is not ours."""

    name: str = Field(min_length=1)
    unit: str = "triage"
    signal: list[SignalTable] = Field(min_length=1)
    example: list[ExampleTable] = []


class ElsewhereFile(Table):
    """elsewhere.toml"""

    elsewhere: list[ElsewhereTable] = []


class TypesFile(Table):
    """types.toml"""

    kendala: list[SignalTable] = []
    permohonan: list[SignalTable] = []
    pertanyaan: list[SignalTable] = []


class WordsTable(Table):
    """Word lists of vocabulary.toml."""

    roots: list[str] = []
    keep: list[str] = []
    closings: list[str] = []
    greetings: list[str] = []
    disclaimers: list[str] = []
    second: list[str] = []
    fine: list[str] = []
    doubt: list[str] = []
    excepted: list[str] = []
    turns: list[str] = []


class LetterWordsTable(Table):
    """Words by which a letter is known, or promised."""

    words: list[str] = ["surat", "nota dinas"]
    later: list[str] = []


class VocabularyFile(Table):
    """vocabulary.toml"""

    spelling: dict[str, list[str]] = {}
    synonym: dict[str, list[str]] = {}
    group: dict[str, list[str]] = {}
    words: WordsTable = WordsTable()
    letter: LetterWordsTable = LetterWordsTable()


class PlaceTable(Table):
    """How much a signal counts by where it stands."""

    subject: float = 1.3
    body: float = 1.0
    attachment: float = 0.5
    quote: float = 0.3
    signature: float = 0.2
    disclaimer: float = 0.0
    second: float = 0.7
    forwarded: float = 0.6
    aside: float = 0.15
    late: float = 0.85
    late_quote: float = 0.8
    with_subject: float = 0.8
    next: float = 0.4


class ConfidenceTable(Table):
    """From scores to probabilities, and from which on nobody need look."""

    mailbox: float = 0.5
    temperature: float = Field(default=1.6, gt=0)
    nothing: float = 3.0
    least: float = 1.5
    sure: float = Field(default=0.9, gt=0, le=1)


class ScoringFile(Table):
    """scoring.toml"""

    place: PlaceTable = PlaceTable()
    confidence: ConfidenceTable = ConfidenceTable()

    @field_validator("place")
    @classmethod
    def _no_negative_factor(cls, place: PlaceTable) -> PlaceTable:
        for name, factor in place.model_dump().items():
            if factor < 0:
                raise ValueError(f'factor "{name}" is {factor}: must not be negative')
        return place
