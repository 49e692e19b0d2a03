"""Which ticket a message belongs to."""

from __future__ import annotations

from router.desk.correlate import MAX_REFERENCES, correlate
from router.desk.facts import Facts
from router.desk.plan import keys_of, screen_message
from router.mail.msgid import make
from tests.desk.made import HERO, NUMBER, mail, policy, ticket

TOKEN = make(NUMBER, "forward", "cause", "kemendag.go.id", policy().secret)


def keys(header: str):  # type: ignore[no-untyped-def]
    message = mail(f"From: Budi <budi@luar.example>\nTo: {HERO}\n{header}\n\nx\n")
    return keys_of(message, screen_message(message, policy()), policy())


def test_a_token_names_its_ticket_and_an_altered_one_none() -> None:
    assert keys(f"In-Reply-To: <{TOKEN}>").token_numbers == (NUMBER,)
    assert keys(f"References: <a@b.example> <{TOKEN}>").token_numbers == (NUMBER,)
    altered = TOKEN.replace("000123", "000124")
    assert altered != TOKEN
    assert keys(f"In-Reply-To: <{altered}>").token_numbers == ()


def test_the_nearest_reference_comes_first_and_they_are_bounded() -> None:
    many = " ".join(f"<{n}@b.example>" for n in range(MAX_REFERENCES + 50))
    found = keys(f"In-Reply-To: <near@b.example>\nReferences: {many}").msg_ids
    assert found[:2] == ("near@b.example", f"{MAX_REFERENCES + 49}@b.example")
    assert len(found) == MAX_REFERENCES


def test_a_number_in_the_subject() -> None:
    assert keys(f"Subject: Re: [{NUMBER}] tanya").subject_number == NUMBER


def test_the_strongest_key_wins() -> None:
    one, two, three = (
        ticket(number="HERO-2026-000001"),
        ticket(number="HERO-2026-000002"),
        ticket(number="HERO-2026-000003"),
    )
    for facts, by in (
        (Facts("n", by_token=one, by_reference=two, by_subject=three), ("HERO-2026-000001", "token")),
        (Facts("n", by_reference=two, by_subject=three), ("HERO-2026-000002", "msg-id")),
        (Facts("n", by_subject=three), ("HERO-2026-000003", "subject")),
    ):
        found = correlate(facts)
        assert found
        assert (found.ticket.number, found.by) == by
    assert correlate(Facts("n")) is None
