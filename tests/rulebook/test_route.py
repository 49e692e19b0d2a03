"""Routing rules: each condition, each action, their order, and the trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from router.mail.message import Address, Message
from router.rulebook.book import RuleBook
from router.rulebook.decide import decide
from router.rulebook.decision import Decision

from .conftest import EXTERNAL, INTERNAL, mail

MESSAGE = replace(
    mail(
        "TNDE error. Mohon segera",
        "Laporan phishing",
        sender="ani@dinas.insw.go.id",
        attachments=(("bukti.eml", "message/rfc822"),),
        fields=(("X-Priority", "1 (Highest)"),),
        to=("hero@kemendag.go.id",),
        size=3_000_000,
    ),
    cc=(Address("", "Boss@kemendag.go.id"),),
)
MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Jakarta"))
NIGHT = datetime(2026, 11, 23, 22, tzinfo=ZoneInfo("Asia/Jakarta"))
HOLIDAY = datetime(2026, 12, 31, 9, tzinfo=ZoneInfo("Asia/Jakarta"))


def rule(when: str, then: str = 'tag = "x"', name: str = "aturan") -> str:
    return f'[[rule]]\nname = "{name}"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n'


@pytest.mark.parametrize(
    ("when", "matched", "because"),
    [
        ("", True, "always"),
        ('mailbox = "hero"', True, "mailbox is hero"),
        ('mailbox = ["ska", "layanandata.pdsi"]', False, 'mailbox is hero, not "ska" or "layanandata.pdsi"'),
        ('from = "*@dinas.insw.go.id"', True, "from is ani@dinas.insw.go.id"),
        ('from_domain = "insw.go.id"', True, "from_domain is dinas.insw.go.id"),
        ('from_domain = "w.go.id"', False, 'from_domain is dinas.insw.go.id, not "w.go.id"'),
        ('to = "hero@kemendag.go.id"', True, "to is hero@kemendag.go.id"),
        ('cc = "boss@*"', True, "cc is boss@kemendag.go.id"),
        ('subject = "phishing"', True, 'subject has "phishing"'),
        ('subject = "segera"', False, 'subject has not "segera"'),
        ('body = "segera|mendesak"', True, 'body has "segera"'),
        ('header = { X-Priority = "1*" }', True, "header X-Priority fits"),
        ('header = { X-Nothing = "*" }', False, 'header X-Nothing is missing, not "*"'),
        ('attachment = "message/rfc822"', True, "attachment is message/rfc822"),
        ('attachment = "*.eml"', True, "attachment is bukti.eml"),
        ('attachment = "*.pdf"', False, 'no attachment is "*.pdf"'),
        ("size_over = 2.5", True, "size is 3.0 MB"),
        ("size_over = 5", False, "size is 3.0 MB"),
        ('audience = "external"', False, 'audience is internal, not "external"'),
        ('language = "id"', True, "language is id"),
        ('service = ["A.18", "D.01"]', True, "service is A.18"),
        ('service = "none"', False, 'service is A.18, not "none"'),
        ('type = "kendala"', True, "type is kendala"),
        ('confidence = "unsure"', False, 'confidence is sure, not "unsure"'),
        ("authenticated = false", False, "authenticated is true, not false"),
        ("eligible = true", True, "eligible is true"),
        ('unit = "pdsi"', True, "unit is pdsi"),
        ('hours = "working"', True, "within working hours"),
        ('hours = "after"', False, "within working hours"),
        ('all = [ { mailbox = "hero" }, { type = "kendala" } ]', True, "mailbox is hero; type is kendala"),
        ('any = [ { mailbox = "ska" }, { type = "kendala" } ]', True, "type is kendala"),
        ('any = [ { mailbox = "ska" } ]', False, 'none of: mailbox is hero, not "ska"'),
        ('not = { mailbox = "ska" }', True, 'mailbox is hero, not "ska"'),
        ('not = { mailbox = "hero" }', False, "mailbox is hero"),
    ],
)
def test_conditions(book_with: Callable[..., RuleBook], when: str, matched: bool, because: str) -> None:
    decision = decide(MESSAGE, INTERNAL, book_with(routing=rule(when)))
    (trace,) = decision.trace
    assert (trace.matched, trace.because) == (matched, because)
    assert decision.tags == (("x",) if matched else ())


@pytest.mark.parametrize(("moment", "hours"), [(MONDAY, "working"), (NIGHT, "after"), (HOLIDAY, "after")])
def test_hours_are_the_units(book_with: Callable[..., RuleBook], moment: datetime, hours: str) -> None:
    decision = decide(MESSAGE, replace(INTERNAL, moment=moment), book_with(routing=rule(f'hours = "{hours}"')))
    assert decision.tags == ("x",)


def test_actions(book_with: Callable[..., RuleBook]) -> None:
    then = (
        'unit = "aplikasi", priority = "high", copy_to = ["pdsi", "a@b.id"], tag = ["t"], template = "khusus", '
        'language = "en", acknowledge = false, reject = "refusal", note = "sampaikan lewat telepon", type = "permohonan"'
    )
    decision = decide(MESSAGE, INTERNAL, book_with(routing=rule('subject = "phishing"', then)))
    assert (decision.unit, decision.priority, decision.copy_to) == ("aplikasi", "high", ("pdsi", "a@b.id"))
    assert (decision.tags, decision.template, decision.language) == (("t",), "khusus", "en")
    assert (decision.acknowledge, decision.reject) == (False, "refusal")
    assert (decision.notes, decision.type) == (("sampaikan lewat telepon",), "permohonan")


def test_a_service_set_by_a_rule_brings_all_that_follows_from_it(book_with: Callable[..., RuleBook]) -> None:
    book = book_with(routing=rule('subject = "phishing"', 'service = "A.15"'))
    decision = decide(MESSAGE, EXTERNAL, book)
    assert (decision.service, decision.type, decision.eligible) == ("A.15", "kendala", False)
    assert (decision.confidence, decision.unit, decision.score) == ("sure", "pdsi", 1.0)
    assert all(c.service != "A.15" for c in decision.alternatives)


def test_hold_sends_to_triage(book_with: Callable[..., RuleBook]) -> None:
    decision = decide(MESSAGE, INTERNAL, book_with(routing=rule("", "hold = true")))
    assert (decision.unit, decision.confidence, decision.service) == ("triage", "unsure", "A.18")


def test_rules_see_what_earlier_ones_did_and_stop_ends_them(book_with: Callable[..., RuleBook]) -> None:
    routing = (
        rule('type = "kendala"', 'priority = "high"', "satu")
        + rule('priority = "high"', 'tag = "dua", stop = true', "dua")
        + rule("", 'tag = "tiga"', "tiga")
    )
    decision = decide(MESSAGE, INTERNAL, book_with(routing=routing))
    assert decision.tags == ("dua",)
    assert [(t.rule, t.matched) for t in decision.trace] == [("satu", True), ("dua", True), ("tiga", False)]
    assert decision.trace[2].because == 'not reached: "dua" stops'
    assert [t.line for t in decision.trace] == [2, 6, 10]


def test_a_rule_has_its_days(book_with: Callable[..., RuleBook]) -> None:
    book = book_with(routing=rule("") + "from = 2026-12-01\nuntil = 2026-12-31\n")

    def tags(message: Message, day: datetime) -> Decision:
        return decide(message, replace(INTERNAL, moment=day), book)

    assert tags(MESSAGE, HOLIDAY).tags == ("x",)
    assert tags(MESSAGE, MONDAY).trace[0].because == "not in force on 2026-11-23"


@pytest.mark.parametrize(("moment", "unit"), [(MONDAY, "triage"), (HOLIDAY, "aplikasi")])
def test_a_rules_unit_changes_on_its_day(book_with: Callable[..., RuleBook], moment: datetime, unit: str) -> None:
    then = 'unit = [{ unit = "triage", until = 2026-12-30 }, { unit = "aplikasi" }]'
    decision = decide(MESSAGE, replace(INTERNAL, moment=moment), book_with(routing=rule("", then)))
    assert decision.unit == unit
