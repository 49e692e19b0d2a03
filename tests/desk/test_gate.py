"""What every outgoing mail passes."""

from __future__ import annotations

import pytest

from router.desk import gate
from router.mail.message import Address
from tests.desk.made import AGENT, CUSTOMER, HERO, mail, of_kind, planned, policy, ticket
from tests.desk.test_plan_reply import reply


def test_own_addresses_are_never_recipients() -> None:
    addresses = [Address("", one) for one in ("a@b.example", "A@B.example", HERO.upper(), "c@d.example", "x")]
    assert gate.recipients(addresses, policy(), ("C@d.example",)) == ("A@B.example",)


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("From: x <no-reply@b.example>", "machine"),
        ("From: x <mailer-daemon+7@b.example>", "machine"),
        (f"From: x <{HERO}>", "own"),
        ("From: x <a@b.example>\nReturn-Path: <>", "Return-Path"),
        ("From: x <a@b.example>\nX-Auto-Response-Suppress: DR, All", "Suppress"),
        ("From: x <a@b.example>\nPrecedence: bulk", "Precedence"),
    ],
)
def test_each_guard_names_itself(header: str, word: str) -> None:
    message = mail(f"{header}\nSubject: x\n\nx\n")
    assert message.from_
    assert word in (gate.why_not_answer(message, message.from_, policy()) or "")


def test_no_notice_goes_to_a_machine_that_is_a_customer() -> None:
    machine = Address("", "no-reply@b.example")
    made = planned(mail(reply(AGENT, "#ambil")), by_token=ticket(customer=machine, participants=(machine,)))
    assert of_kind(made, "notice") == []


def test_the_state_is_told_within_the_budget() -> None:
    asked = mail(reply(CUSTOMER, "status", ""))
    (notice,) = of_kind(planned(asked, by_token=ticket()), "notice")
    assert (notice.template, notice.held) == ("notice.customer.status", None)
    (held,) = of_kind(planned(asked, by_token=ticket(), answers_last_hour=10), "notice")
    assert held.held
