"""`rules lint`: the rule files, the templates' names and, where there is a database, recorded mail → what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from router.app.assemble import policy_of
from router.app.settings import Settings
from router.desk.letter import Templates
from router.desk.letter import load as load_templates
from router.desk.people import audience_of, is_believed
from router.mail.message import Address
from router.mail.parse import parse
from router.rulebook.book import RuleBook
from router.rulebook.build import build
from router.rulebook.check import check
from router.rulebook.decide import decide
from router.rulebook.decision import Circumstances
from router.rulebook.files import gather, sorted_once
from router.rulebook.lint import Doubt, lint
from router.rulebook.lint_ground import Ground, Recorded
from router.rulebook.problem import Problem
from router.store.database import SchemaMismatch, Store, StoreUnavailable
from router.store.query import TicketFilter

NEWEST = 2000  # tickets whose opening message is looked at


@dataclass(frozen=True, slots=True)
class Linted:
    """Faults (then nothing else was looked at), what is doubtful, and why recorded mail was not looked at ("": it was)."""

    problems: tuple[Problem, ...]
    doubts: tuple[Doubt, ...]
    skipped: str


def lint_rules(rules: Path, settings: Settings, today: date) -> Linted:
    """All checks on that directory. Templates and database are those of the settings; nothing is changed or made."""
    files, problems, version = gather(rules)
    problems += check(files)
    templates, template_faults = load_templates(settings.service.templates_dir)
    problems += template_faults if templates is None else ()
    if problems or templates is None:
        return Linted(sorted_once(problems), (), "")
    book = build(files, version)
    recorded, skipped = _recorded(settings, book, templates)
    names = frozenset(listed.name for listed in templates.list())
    return Linted((), lint(Ground(files, book.index.lexicon, names, today, recorded)), skipped)


def _recorded(settings: Settings, book: RuleBook, templates: Templates) -> tuple[Recorded | None, str]:
    """What the rules make of the newest tickets' opening messages; None and why where none can be had."""
    try:
        with closing(Store(settings.database.url)) as store:
            if store.is_empty():
                return None, "basis data masih kosong"
            store.require_current()
            matched = list(_matched(store, settings, book, templates))
    except (SchemaMismatch, StoreUnavailable, ImportError, OSError) as fault:
        return None, str(fault)
    if not matched:
        return None, "belum ada surat yang tersimpan"
    return Recorded(len(matched), frozenset().union(*matched)), ""


def _matched(store: Store, settings: Settings, book: RuleBook, templates: Templates) -> Iterator[frozenset[str]]:
    """The routing rules that match each message."""
    policy = policy_of(settings, book, templates, b"")
    for ticket in store.tickets(TicketFilter(limit=NEWEST)):
        raw = store.opening(ticket["number"])
        if raw is None:
            continue
        message = parse(raw)
        audience = audience_of(message.from_ or Address("", ""), policy.internal_domains)
        circumstances = Circumstances(ticket["mailbox"], audience, is_believed(message, policy)[0])
        trace = decide(message, circumstances, book).trace
        yield frozenset(step.rule for step in trace if step.matched)
