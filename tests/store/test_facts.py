from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from router.desk.facts import Facts, Keys, Known
from router.mail.message import Address
from router.store.database import Store
from router.store.outbox import Result
from tests.store.build import ANI, NOW, UNIT, change, message, new_ticket, raw_mail, reply, send

ONE, TWO = "HERO-2026-000001", "HERO-2026-000002"
ACK, FORWARD = f"hero.acknowledgement.{ONE}@desk.example", f"hero.forward.{ONE}@desk.example"
NOBODY = Keys("0" * 64, None, None)


@pytest.fixture
def two(store: Store) -> Store:
    """A store with two tickets of Ani's."""
    assert store.commit("hero", 7, [new_ticket(1, ONE), new_ticket(2, TWO)], NOW) == []
    return store


def facts(store: Store, hours: float = 0, **keys: object) -> Facts:
    asked: dict[str, Any] = {"digest": "0" * 64, "message_id": None, "author": None} | keys
    return store.facts(Keys(**asked), NOW + timedelta(hours=hours), "N")


def test_of_an_unknown_message_nothing_is_known(two: Store) -> None:
    assert two.facts(NOBODY, NOW, "N") == Facts("N")


def test_a_message_is_known_by_its_bytes(two: Store) -> None:
    assert facts(two, digest=message(2).digest).known == Known(4, "hero", TWO)


def test_a_message_is_known_by_msg_id_and_author(two: Store) -> None:
    assert facts(two, message_id="m1@customer.example", author="ani@customer.example").known == Known(1, "hero", ONE)
    assert facts(two, message_id="m1@customer.example", author="budi@customer.example").known is None


def test_a_mail_of_ours_that_comes_back_is_not_a_known_message(two: Store) -> None:
    assert facts(two, message_id=ACK, author="help@desk.example").known is None


def test_the_nearest_token_that_names_a_ticket_counts(two: Store) -> None:
    found = facts(two, token_numbers=("HERO-2026-999999", TWO, ONE)).by_token
    assert found is not None
    assert found.number == TWO


@pytest.mark.parametrize("ids", [("x@y", "m1@customer.example"), (ACK, f"hero.forward.{TWO}@desk.example"), (FORWARD,)])
def test_the_nearest_recorded_msg_id_counts_in_and_out(two: Store, ids: tuple[str, ...]) -> None:
    found = facts(two, msg_ids=ids).by_reference
    assert found is not None
    assert found.number == ONE


def test_a_msg_id_used_again_by_a_stranger_draws_no_replies(two: Store) -> None:
    stranger = message(1, raw_mail(9), from_=Address("", "stranger@x.example"))
    assert two.commit("hero", 7, [replace(new_ticket(9, "HERO-2026-000009"), message=stranger)], NOW) == []
    found = facts(two, msg_ids=("m1@customer.example",)).by_reference
    assert found is not None
    assert found.number == ONE


def test_facts_of_a_batch_are_those_of_each_message(two: Store) -> None:
    asked = [
        NOBODY,
        Keys(message(2).digest, None, "ani@customer.example", subject_number=ONE),
        Keys("1" * 64, "m1@customer.example", "ani@customer.example", (TWO,), ("m1@customer.example",)),
        Keys(
            "1" * 64, "m1@customer.example", "budi@customer.example", failed_recipients=(UNIT,), reported_msg_ids=(ACK,)
        ),
    ]
    found = two.facts_of(asked, NOW)
    assert found == [two.facts(keys, NOW, "") for keys in asked]
    assert [f.known and f.known.ticket for f in found] == [None, TWO, ONE, None]
    assert [f.answers_last_hour for f in found] == [0, 2, 2, 0]
    assert two.facts_of([], NOW) == []


def test_a_number_in_the_subject_is_looked_up(two: Store) -> None:
    assert facts(two, subject_number="HERO-2025-000001").by_subject is None
    found = facts(two, subject_number=TWO).by_subject
    assert found is not None
    assert (found.number, found.customer, found.participants, found.opened_at) == (TWO, ANI, (ANI,), NOW)


def test_a_ticket_view_says_how_it_stands_and_what_each_side_saw(two: Store) -> None:
    first = NOW + timedelta(hours=1)
    taken = change(ONE, 1, status="in_progress", assignee="a@b", first_answer_at=first)
    answer = reply(3, ONE, 1, taken, send("relay", ONE), role="agent")
    assert two.commit("hero", 7, [answer], first) == []
    view = two.ticket(ONE)
    assert view is not None
    assert (view.version, view.status, view.assignee, view.first_answer_at) == (2, "in_progress", "a@b", first)
    assert view.references == ("m1@customer.example", ACK, f"hero.relay.{ONE}@desk.example")
    assert view.agent_references == (FORWARD, "m3@customer.example")


def test_an_unverified_message_is_in_nobodys_references(two: Store) -> None:
    two.commit("hero", 7, [reply(3, ONE, 1, role="third_party")], NOW)
    view = two.ticket(ONE)
    assert view is not None
    assert "m3@customer.example" not in view.references + view.agent_references


def test_only_the_last_ten_references_are_given(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    for version in range(1, 13):
        assert store.commit("hero", 7, [reply(version + 1, ONE, version)], NOW) == []
    view = store.ticket(ONE)
    assert view is not None
    assert view.references == tuple(f"m{n}@customer.example" for n in range(4, 14))


def test_a_bounce_finds_the_ticket_by_the_quoted_msg_id(two: Store) -> None:
    found = facts(two, reported_msg_ids=("x@y", f"hero.forward.{TWO}@desk.example"), failed_recipients=(UNIT,)).bounced
    assert found is not None
    assert found.number == TWO


def test_a_bounce_finds_the_ticket_by_the_newest_mail_sent_to_the_failed(two: Store) -> None:
    mails = two.claim("me", 50, NOW, 60)
    two.settle([Result(m.id, "sent", 250, "ok", None, NOW) for m in mails if m.ticket == ONE])
    found = facts(two, failed_recipients=("ani@customer.example",)).bounced
    assert found is not None
    assert found.number == ONE
    two.settle([Result(m.id, "sent", 250, "ok", None, NOW) for m in mails if m.ticket == TWO])
    found = facts(two, failed_recipients=("ani@customer.example",)).bounced
    assert found is not None
    assert found.number == TWO
    assert facts(two, hours=24 * 15, failed_recipients=("ani@customer.example",)).bounced is None


def test_automatic_answers_of_the_last_hour_are_counted(two: Store) -> None:
    assert facts(two, author="ani@customer.example").answers_last_hour == 2
    assert facts(two, hours=1, author="ani@customer.example").answers_last_hour == 0
    assert facts(two, author=UNIT).answers_last_hour == 0  # a forward answers nobody


def test_a_msg_id_longer_than_an_index_takes_is_found_all_the_same(store: Store) -> None:
    long = "x" * 5000 + "@customer.example"
    entry = new_ticket(1, ONE)
    store.commit("hero", 7, [type(entry)(1, entry.raw, message(1, message_id=long), entry.plan, 9)], NOW)
    assert facts(store, message_id=long, author="ani@customer.example").known is not None
    assert facts(store, msg_ids=(long,)).by_reference is not None
    view = store.ticket(ONE)
    assert view is not None
    assert view.references == (ACK,)


def test_ten_thousand_references_cost_no_more_than_sixty(two: Store) -> None:
    ids = tuple(f"r{n}@x.example" for n in range(10_000))
    assert facts(two, msg_ids=("m1@customer.example", *ids)).by_reference is not None
