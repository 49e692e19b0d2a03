"""What is legal in the rule files but doubtful: an ordered table of small checks, told in Indonesian to the admin.

Faults proper (`router.rulebook.check`) refuse a set; what is found here never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from router.rulebook import lint_phrases, lint_routing
from router.rulebook.check_desk import ALWAYS
from router.rulebook.lint_ground import Ground
from router.rulebook.problem import Problem
from router.rulebook.source import nearest

Check = Callable[[Ground], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something doubtful: the name of the check that found it, and where (a Problem of severity "warning")."""

    check: str
    problem: Problem


def lint(ground: Ground) -> tuple[Doubt, ...]:
    """Everything doubtful, by file, line and column."""
    found = {Doubt(name, replace(problem, severity="warning")) for name, check in CHECKS for problem in check(ground)}
    return tuple(sorted(found, key=lambda doubt: (doubt.problem, doubt.check)))


def without_examples(ground: Ground) -> Iterator[Problem]:
    """Services that no [[example]] protects from the next change."""
    for file in ground.files.catalog:
        if not any(not example.not_ for example in file.table.example):
            yield file.source.problem(
                ("code",),
                f"layanan {file.table.code} belum punya contoh surat",
                "tambahkan [[example]]: tanpa contoh, aturan yang berubah tidak ketahuan salahnya",
            )


def without_forwards(ground: Ground) -> Iterator[Problem]:
    """Units that no service, rule or other unit sends anything to."""
    reached = set(ALWAYS) | set(_forwarded_to(ground))
    source, table = ground.files.units.source, ground.files.units.table
    for key in table.unit:
        if key not in reached:
            yield source.problem(
                ("unit", key, "name"),
                f'unit "{key}" tidak pernah menerima terusan',
                "sebut di owner sebuah layanan atau di routing.toml, atau hapus unit ini",
            )


def _forwarded_to(ground: Ground) -> Iterator[str]:
    """Every unit that may get something from today on. Who stands in for a unit may get what that one would."""
    files = ground.files
    for service in files.catalog:
        for owner in service.table.owner:
            if owner.until is None or owner.until >= ground.today or owner is service.table.owner[-1]:
                yield owner.unit
    yield from (table.unit for table in files.elsewhere.table.elsewhere)
    yield from (unit.stand_in for unit in files.units.table.unit.values() if unit.stand_in)
    for rule in files.routing.table.rule:
        if rule.until is None or rule.until >= ground.today:
            yield from (owner.unit for owner in rule.then.unit or ())
            yield from rule.then.copy_to


def unknown_templates(ground: Ground) -> Iterator[Problem]:
    """Templates that routing.toml and replies.toml name and the templates' directory lacks."""
    routing, replies = ground.files.routing, ground.files.replies
    for i, rule in enumerate(routing.table.rule):
        for key in ("template", "reject"):
            name = getattr(rule.then, key)
            if name is not None and name not in ground.templates:
                problem = routing.source.problem(("rule", i, "then", key), f'templat "{name}" tidak ada')
                yield _with_nearest(problem, name, ground)
    for i, reply in enumerate(replies.table.reply):
        if reply.template not in ground.templates:
            problem = replies.source.problem(("reply", i, "template"), f'templat "{reply.template}" tidak ada')
            yield _with_nearest(problem, reply.template, ground)


def _with_nearest(problem: Problem, name: str, ground: Ground) -> Problem:
    hint = nearest(name, ground.templates, longer_than=1, at_most=0)
    return replace(problem, hint=hint.replace("did you mean", "maksudnya") or "lihat hero-router templates list")


def over(ground: Ground) -> Iterator[Problem]:
    """Rules and owners whose dates are over, and rules whose dates can never hold."""
    routing = ground.files.routing
    for i, rule in enumerate(routing.table.rule):
        if rule.from_ and rule.until and rule.from_ > rule.until:
            message = f'aturan "{rule.name}" tidak pernah berlaku: from {rule.from_} sesudah until {rule.until}'
            yield routing.source.problem(("rule", i, "until"), message, "tukar kedua tanggal itu")
        elif rule.until and rule.until < ground.today:
            message = f'aturan "{rule.name}" sudah berakhir pada {rule.until}'
            yield routing.source.problem(("rule", i, "until"), message, "hapus, atau perpanjang until")
    for file in ground.files.catalog:
        last = file.table.owner[-1] if file.table.owner else None
        if last and last.until and last.until < ground.today:
            loc = ("owner", len(file.table.owner) - 1, "until")
            message = f'masa pemilik terakhir, "{last.unit}", sudah berakhir pada {last.until}'
            yield file.source.problem(loc, message, "tambahkan pemilik berikutnya tanpa until")


CHECKS: tuple[tuple[str, Check], ...] = (
    ("same-phrase", lint_phrases.same_in_two_services),
    ("swallowed-phrase", lint_phrases.swallowed),
    ("needless-phrase", lint_phrases.needless),
    ("no-example", without_examples),
    ("no-forward", without_forwards),
    ("unknown-template", unknown_templates),
    ("over", over),
    ("unreachable-rule", lint_routing.unreachable),
    ("unused-rule", lint_routing.unused),
)
