"""What units, routing rules, targets and replies say of each other and of the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from router.rulebook.files import File, Files
from router.rulebook.known import Known, Loc, named, not_admitted, phrases
from router.rulebook.problem import Problem
from router.rulebook.source import Source
from router.rulebook.tables import RoutingFile, UnitsFile, WhenTable

ALWAYS = ("triage", "admins")


def check_units(file: File[UnitsFile], known: Known) -> Iterator[Problem]:
    """Units and hours."""
    source, table = file.source, file.table
    for name in ALWAYS if source.path else ():
        if name not in known.units:
            yield source.problem(("unit",), f"[unit.{name}] is missing", "it must always be there")
    for key, hours in table.hours.items():
        try:
            ZoneInfo(hours.zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield source.problem(
                ("hours", key, "zone"), f'unknown time zone "{hours.zone}"', "for example Asia/Jakarta"
            )
        if hours.from_ >= hours.to:
            yield source.problem(("hours", key, "to"), f'"to" {hours.to} is not after "from" {hours.from_}')
    for key, unit in table.unit.items():
        for name in ("parent", "stand_in"):
            value = getattr(unit, name)
            if value is not None:
                yield from named(source, ("unit", key, name), "unit", value, known.units)
        if unit.hours is not None:
            yield from named(source, ("unit", key, "hours"), "hours", unit.hours, list(table.hours))
        above, seen = unit.parent, {key}
        while above in table.unit and above not in seen:
            seen.add(above)
            above = table.unit[above].parent
        if above == key:
            yield source.problem(("unit", key, "parent"), f'unit "{key}" is its own parent in the end')


def check_routing(file: File[RoutingFile], types: Mapping[str, Sequence[str]], known: Known) -> Iterator[Problem]:
    """Routing rules; `types`: what each service admits."""
    source = file.source
    names: set[str] = set()
    for i, rule in enumerate(file.table.rule):
        here: Loc = ("rule", i)
        if rule.name in names:
            yield source.problem((*here, "name"), f'name "{rule.name}" is taken')
        names.add(rule.name)
        yield from _when(source, (*here, "when"), rule.when, known)
        then, at = rule.then, (*here, "then")
        if then == type(then)():
            yield source.problem(at, '"then" says nothing to do')
        if then.service is not None:
            yield from named(source, (*at, "service"), "service", then.service, known.codes)
            if then.type and then.service in types and then.type not in types[then.service]:
                yield not_admitted(source, (*at, "type"), then.type, types[then.service])
        for j, owner in enumerate(then.unit or ()):
            yield from named(source, (*at, "unit", j, "unit"), "unit", owner.unit, known.units)
        for j, name in enumerate(then.copy_to):
            if "@" not in name:
                yield from named(source, (*at, "copy_to", j), "unit", name, known.units)
        for key in ("template", "reject"):
            value = getattr(then, key)
            if known.templates is not None and value is not None:
                yield from named(source, (*at, key), "template", value, sorted(known.templates))


def _when(source: Source, loc: Loc, when: WhenTable, known: Known) -> Iterator[Problem]:
    for i, code in enumerate(when.service or ()):
        yield from named(source, (*loc, "service", i), "service", code, [*known.codes, "none"])
    for i, unit in enumerate(when.unit or ()):
        yield from named(source, (*loc, "unit", i), "unit", unit, known.units)
    for key in ("subject", "body"):
        yield from phrases(source, (*loc, key), getattr(when, key) or (), known)
    for key in ("all", "any"):
        for i, below in enumerate(getattr(when, key) or ()):
            yield from _when(source, (*loc, key, i), below, known)
    if when.not_ is not None:
        yield from _when(source, (*loc, "not"), when.not_, known)


def check_answers(files: Files, known: Known) -> Iterator[Problem]:
    """Targets and replies."""
    for i, target in enumerate(files.sla.table.target):
        for j, code in enumerate(target.service or ()):
            yield from named(files.sla.source, ("target", i, "service", j), "service", code, known.codes)
    for i, reply in enumerate(files.replies.table.reply):
        for j, code in enumerate(reply.service or ()):
            yield from named(files.replies.source, ("reply", i, "service", j), "service", code, [*known.codes, "none"])
        if known.templates is not None:
            yield from named(
                files.replies.source, ("reply", i, "template"), "template", reply.template, known.templates
            )
