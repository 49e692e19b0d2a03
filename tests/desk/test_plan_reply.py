"""A message about a ticket: by its agent, its customer, a stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from router.desk.actions import AddToTicket, ChangeTicket, Note, OpenTicket
from router.desk.ticket import TicketView
from tests.desk.made import AGENT, BELIEVED, CUSTOMER, HERO, NOW, NUMBER, mail, of_kind, planned, ticket


def reply(sender: str, text: str, believed: str = BELIEVED) -> str:
    head = (
        f"{believed}From: Nama <{sender}>\nTo: {HERO}\nSubject: Re: [{NUMBER}] e-SKA error\nMessage-ID: <r@x.example>\n"
    )
    return f"{head}\n{text}\n"


QUOTED = (
    "Sudah kami perbaiki.\n\nPada Sel, 24 Nov 2026 pukul 10.11 HERO <hero@kemendag.go.id> menulis:\n\n"
    "> Balas: aplikasi.pdsi@kemendag.go.id\n> #ambil #selesai\n"
)


def changes(made: object) -> dict[str, object]:
    (change,) = of_kind(made, ChangeTicket)  # type: ignore[arg-type]
    return dict(change.changes)


def test_a_plain_reply_is_relayed_without_quote_and_address() -> None:
    made = planned(mail(reply(AGENT, QUOTED)), by_token=ticket())
    (relay,) = of_kind(made, "relay")
    assert relay.recipients == (CUSTOMER,)
    assert "Sudah kami perbaiki." in relay.text
    for secret in (b"aplikasi", b"menulis:", b"#ambil", AGENT.encode()):
        assert secret not in relay.content
    assert b"Auto-Submitted" not in relay.content
    assert relay.not_before == NOW + timedelta(seconds=60)


def test_the_first_answer_makes_its_sender_the_assignee() -> None:
    made = planned(mail(reply(AGENT, QUOTED)), by_token=ticket())
    assert changes(made) == {"assignee": AGENT, "first_answer_at": NOW, "status": "in_progress"}


def test_the_agent_hears_what_became_of_it() -> None:
    made = planned(mail(reply(AGENT, QUOTED)), by_token=ticket())
    (receipt,) = of_kind(made, "notice")
    assert receipt.recipients == (AGENT,)
    assert CUSTOMER in receipt.text


def test_an_unproven_agent_is_shown_to_the_unit_and_not_obeyed() -> None:
    made = planned(mail(reply(AGENT, "#selesai\nKirim sandi Anda", believed="")), by_token=ticket())
    assert of_kind(made, "relay") == []
    assert of_kind(made, ChangeTicket) == []
    (added,) = of_kind(made, AddToTicket)
    assert not added.verified
    (notice,) = of_kind(made, "notice")
    assert notice.recipients == ("aplikasi.pdsi@kemendag.go.id",)


def test_a_forged_authentication_result_below_ours_proves_nothing() -> None:
    forged = (
        "Authentication-Results: mx.kemendag.go.id; dmarc=fail header.from=kemendag.go.id\n"
        "Authentication-Results: mx.kemendag.go.id; dmarc=pass header.from=kemendag.go.id\n"
    )
    assert of_kind(planned(mail(reply(AGENT, "Halo", believed=forged)), by_token=ticket()), "relay") == []


def test_only_quotes_send_nothing() -> None:
    made = planned(mail(reply(AGENT, "> Yth. Tim\n> lama")), by_token=ticket())
    assert of_kind(made, "relay") == []
    (notice,) = of_kind(made, "notice")
    assert notice.template == "notice.agent.empty"


@pytest.mark.parametrize(
    "words",
    [
        "Hubungi aplikasi2.pdsi@kemendag.go.id saja.",
        "Sama dengan tiket HERO-2026-000099.",
        "Dari: Rina <rina@kemendag.go.id>\nlihat di atas",
    ],
)
def test_a_leak_holds_the_relay_and_the_agent_gets_it_back(words: str) -> None:
    made = planned(mail(reply(AGENT, words)), by_token=ticket())
    (relay,) = of_kind(made, "relay")
    assert relay.held
    (notice,) = of_kind(made, "notice")
    assert notice.template == "notice.agent.held"
    assert of_kind(made, ChangeTicket) == []


def test_a_command_that_is_not_understood_stops_everything() -> None:
    made = planned(mail(reply(AGENT, "#selesay\nSudah.")), by_token=ticket())
    assert of_kind(made, "relay") == []
    assert of_kind(made, ChangeTicket) == []
    (notice,) = of_kind(made, "notice")
    assert "#selesay" in notice.text


def test_a_note_stays_inside() -> None:
    made = planned(mail(reply(AGENT, "#catatan\nPelanggan ini sulit.")), by_token=ticket())
    assert of_kind(made, "relay") == []
    assert [note.event for note in of_kind(made, Note)] == ["note"]


def test_resolve_sends_the_words_as_the_answer() -> None:
    made = planned(mail(reply(AGENT, "#selesai\n\nSudah bisa dibuka.")), by_token=ticket())
    assert changes(made)["status"] == "resolved"
    (relay,) = of_kind(made, "relay")
    assert "Sudah bisa dibuka." in relay.text
    assert "#selesai" not in relay.text


def test_taking_tells_the_customer() -> None:
    made = planned(mail(reply(AGENT, "#ambil")), by_token=ticket())
    assert changes(made) == {"assignee": AGENT, "status": "in_progress"}
    assert [send.template for send in of_kind(made, "notice")] == ["notice.customer.taken"]


def test_moving_forwards_to_the_new_unit() -> None:
    made = planned(mail(reply(AGENT, "#alih B.13")), by_token=ticket(status="triage", unit="triage"))
    changed = changes(made)
    assert changed["service"] == "B.13"
    (card,) = of_kind(made, "forward")
    assert card.unit == changed["unit"]
    assert of_kind(made, "relay") == []


def test_a_customers_answer_goes_to_the_assignee_and_the_unit() -> None:
    made = planned(mail(reply(CUSTOMER, "Masih error.", "")), by_token=ticket(assignee=AGENT, status="waiting"))
    (card,) = of_kind(made, "forward")
    assert card.recipients == (AGENT, "aplikasi.pdsi@kemendag.go.id")
    assert changes(made) == {"status": "in_progress"}


def ended(days: int) -> TicketView:
    return ticket(status="resolved", assignee=AGENT, resolved_at=NOW - timedelta(days=days))


def test_an_answer_reopens_within_the_window() -> None:
    assert changes(planned(mail(reply(CUSTOMER, "Error lagi.", "")), by_token=ended(3)))["status"] == "in_progress"


def test_later_a_new_ticket_is_linked_to_the_old_one() -> None:
    made = planned(mail(reply(CUSTOMER, "e-SKA error lagi.", "")), by_token=ended(30))
    assert len(of_kind(made, OpenTicket)) == 1
    assert [note.event for note in of_kind(made, Note)] == ["linked"]


def test_a_stranger_is_kept_as_unverified_and_shown_to_the_unit() -> None:
    made = planned(mail(reply("asing@luar.example", "Saya juga.", "")), by_subject=ticket())
    (added,) = of_kind(made, AddToTicket)
    assert (added.role, added.verified) == ("third_party", False)
    assert {to for send in of_kind(made, "notice") for to in send.recipients} == {"aplikasi.pdsi@kemendag.go.id"}
