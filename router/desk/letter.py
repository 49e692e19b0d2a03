"""Letters: templates and a context → subject, text and HTML of one mail (conversation.md, section 7).

Templates are data that admins edit. `load` finds their faults; if one still fails while a letter is being made, a plain
text of our own goes out instead and `Letter.problem` says why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from router.desk import fallback
from router.desk.card import MARKER
from router.desk.contexts import Language, ServiceInfo, base
from router.desk.samples import samples
from router.desk.sheet import Sheet, Sources, read
from router.desk.templating import paragraphs
from router.mail.field import clean
from router.rulebook.decision import Decision
from router.rulebook.problem import Problem

_BOTH: tuple[Language, ...] = ("id", "en")
_LANGUAGES: dict[str, tuple[Language, ...]] = {"id": ("id",), "en": ("en",)}


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter. `template` is the name that was used; `problem` why a plain text of our own replaced it."""

    subject: str
    text: str
    html: str | None
    template: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A template as `templates list` shows it. `base` is the name that it is a variant of, `about` what it is for."""

    name: str
    base: str
    languages: tuple[str, ...]
    html: bool
    about: str
    path: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All templates of a directory, compiled. Another process gets their `sources` and compiles them itself."""

    sheets: Mapping[Language, Mapping[str, Sheet]] = field(repr=False)
    layout_text: Template = field(repr=False)
    layout_html: Template = field(repr=False)
    sources: Sources = field(repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return _recompiled, (self.sources,)

    def render(self, name: str, variants: Sequence[str], language: str, context: Mapping[str, Any]) -> Letter:
        """The letter `name` in its most specific form that exists: `name.variant` for the first variant, then `name`.

        `variants` go from the most to the least specific (see `variants`); `language` is "id", "en" or "both", which
        puts Indonesian above English. A person's own words are never said twice: of a `letter` layout "both" takes the
        Indonesian frame alone. Never raises: what fails is replaced by a plain text and told in `Letter.problem`.
        """
        try:
            sheets = [self._find(one, name, variants) for one in _LANGUAGES.get(language, _BOTH)]
            return self._letter(sheets[:1] if sheets[0].layout == "letter" else sheets, context)
        except Exception as fault:  # an admin's template can fail in any way; the mail must go out all the same
            subject, text = fallback.letter(name, language, context)
            return Letter(subject, text, None, name, f"template {name} ({language}): {type(fault).__name__}: {fault}")

    def _find(self, language: Language, name: str, variants: Sequence[str]) -> Sheet:
        known = self.sheets[language]
        for variant in variants:
            if sheet := known.get(f"{name}.{variant}"):
                return sheet
        return known[name]

    def _letter(self, sheets: Sequence[Sheet], context: Mapping[str, Any]) -> Letter:
        first = sheets[0]
        texts = [sheet.text.render(context).strip("\n") for sheet in sheets]
        bodies = [
            paragraphs(text) if sheet.html is None else Markup(sheet.html.render(context))  # escaped where it was made
            for sheet, text in zip(sheets, texts, strict=True)
        ]
        subject = clean(first.subject.render(context))
        frame = {
            "house": context["house"],
            "number": context["number"],
            "subject": context["subject"],
            "title": subject,
            "languages": [sheet.language for sheet in sheets],
            "layout": first.layout,
            "marker": MARKER,
        }
        return Letter(
            subject=subject,
            text=self.layout_text.render(frame, bodies=texts).strip("\n") + "\n",
            html=self.layout_html.render(frame, bodies=bodies),
            template=first.name,
        )

    def list(self) -> tuple[Listed, ...]:
        """All templates by name."""
        names = sorted({name for sheets in self.sheets.values() for name in sheets})
        return tuple(self._listed(name) for name in names)

    def _listed(self, name: str) -> Listed:
        found = [sheets[name] for sheets in self.sheets.values() if name in sheets]
        html = all(sheet.html is not None for sheet in found)
        languages = tuple(sheet.language for sheet in found)
        return Listed(name, base(name) or name, languages, html, found[0].about, found[0].path)

    def foreign(self, services: Collection[str]) -> tuple[Problem, ...]:
        """Variants for a service code that the catalog lacks: nothing would ever use them."""
        sheets = [sheet for by_name in self.sheets.values() for sheet in by_name.values()]
        return tuple(
            Problem(sheet.path, 1, 1, f'no service "{sheet.code}" is in the catalog', "the file's name holds its code")
            for sheet in sheets
            if sheet.code and sheet.code not in services
        )


def load(directory: Path) -> tuple[Templates | None, tuple[Problem, ...]]:
    """All templates below `directory`, or None where one has an error; and every fault found, sorted.

    Each template is compiled, its words compared with its context, and rendered with every sample of that context.
    """
    return _compiled(Sources.read(directory))


def _recompiled(sources: Sources) -> Templates | None:
    return _compiled(sources)[0]


@lru_cache(2)  # the same texts are the same templates: a rule that changes need not wait for them
def _compiled(sources: Sources) -> tuple[Templates | None, tuple[Problem, ...]]:
    problems = list(sources.faults)
    sheets = read(sources, problems)
    layouts = sources.layouts(problems)
    found = tuple(sorted(set(problems)))  # several templates may tell the same fault of a shared file
    if layouts is None or any(problem.severity == "error" for problem in found):
        return None, found
    return Templates(sheets, *layouts, sources), found


def variants(service: str | None, type_: str | None) -> tuple[str, ...]:
    """What a template may be specific to, most specific first: ("A.14.kendala", "A.14", "kendala")."""
    both = (f"{service}.{type_}",) if service and type_ else ()
    return both + tuple(one for one in (service, type_) if one)


def acknowledgement(decision: Decision) -> str:
    """Which acknowledgement a decision calls for. An unsure one claims nothing, so it comes first."""
    if decision.confidence == "unsure" or decision.service is None:
        return "acknowledgement.unsure"
    if not decision.eligible:
        return "acknowledgement.ineligible"
    return "acknowledgement.letter" if decision.letter == "missing" else "acknowledgement"


def preview(
    templates: Templates,
    name: str,
    service: ServiceInfo | None = None,
    type_: str | None = None,
    language: str = "id",
) -> Letter:
    """The letter that `name` gives with sample data, for that service and type where the template knows any.

    Raises KeyError for a name that nothing uses.
    """
    known = base(name)
    if known is None:
        raise KeyError(name)
    context = samples(known)[0].mapping()
    if service and "service" in context:
        context["service"] = service
    if type_ and "type" in context:
        context["type"] = type_
    suffix = (name[len(known) + 1 :],) if name != known else ()
    return templates.render(known, suffix + variants(service.code if service else None, type_), language, context)
