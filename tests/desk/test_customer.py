"""A customer's answers beyond the plain one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from router.desk.actions import ChangeTicket, Note
from router.desk.facts import Facts
from router.desk.plan import plan, screen_message
from tests.desk.made import CUSTOMER, HERO, NEXT, NOW, mail, of_kind, planned, policy, ticket
from tests.desk.test_plan_reply import changes, ended, reply


@pytest.mark.parametrize(
    "words", ["Terima kasih", "Baik, terima kasih banyak Pak.\n\nSalam,\nBudi", "Thank you very much!", "ok makasih"]
)
def test_thanks_alone_does_not_reopen(words: str) -> None:
    made = planned(mail(reply(CUSTOMER, words, "").replace("Nama", "Budi Santoso")), by_token=ended(1))
    assert of_kind(made, ChangeTicket) == []
    assert of_kind(made, "forward") == []
    assert made.outcome == "reply"


@pytest.mark.parametrize("words", ["Terima kasih, tapi masih error.", "Terima kasih?", "Masih error"])
def test_more_than_thanks_does(words: str) -> None:
    assert changes(planned(mail(reply(CUSTOMER, words, "")), by_token=ended(1)))["status"] == "in_progress"


VAGUE = (
    f"From: Budi <{CUSTOMER}>\nTo: {HERO}\nSubject: error\nMessage-ID: <o@luar.example>\n\n"
    "Akun SIASN atau intranet saya, tolong.\n"
)


def test_a_choice_moves_a_ticket_that_is_in_triage() -> None:
    view = ticket(status="triage", unit="triage", units=("triage",), rules_version=policy().book.version)
    made = planned(mail(reply(CUSTOMER, "1", "")), by_token=view, opening=mail(VAGUE))
    changed = changes(made)
    assert changed["service"] in policy().book.services
    assert changed["status"] == "forwarded"
    (card,) = of_kind(made, "forward")
    assert card.unit == changed["unit"]


def test_with_other_rules_since_a_choice_is_read_by_people() -> None:
    view = ticket(status="triage", unit="triage", units=("triage",), rules_version="older")
    made = planned(mail(reply(CUSTOMER, "1", "")), by_token=view, opening=mail(VAGUE))
    assert of_kind(made, ChangeTicket) == []
    assert [one.unit for one in of_kind(made, "forward")] == ["triage"]


def test_whom_the_requester_takes_in_is_a_participant_from_then_on() -> None:
    text = reply(CUSTOMER, "Dengan rekan saya.", "").replace(
        "Subject", "Cc: tini@luar.example, ska@kemendag.go.id\nSubject", 1
    )
    assert [one.address for one in changes(planned(mail(text), by_token=ticket()))["participants"]] == [
        "tini@luar.example"
    ]  # type: ignore[attr-defined]


def test_an_answer_too_large_to_read_is_told_to_both() -> None:
    message = mail(reply(CUSTOMER, "", ""))
    facts = Facts(NEXT, by_token=ticket())
    made = plan(message, screen_message(message, policy()), "hero", facts, policy(), NOW, oversize=99 * 2**20)
    assert made.outcome == "too_large"
    assert [one.event for one in of_kind(made, Note)] == ["too_large"]
    assert [one.template for one in of_kind(made, "notice")] == ["notice.customer.too-large"]
    (card,) = of_kind(made, "forward")
    assert "terlalu besar" in card.text


def test_a_unit_that_the_rules_lost_is_triages() -> None:
    made = planned(mail(reply(CUSTOMER, "Halo", "")), by_token=ticket(unit="gone", opened_at=NOW - timedelta(days=2)))
    assert [one.unit for one in of_kind(made, "forward")] == ["triage"]
