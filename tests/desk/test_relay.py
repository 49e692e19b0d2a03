"""An agent's words on their way out, and what holds them back."""

from __future__ import annotations

import pytest

from router.desk.actions import ChangeTicket, Steer
from router.desk.card import MARKER
from router.desk.relay import leaks
from tests.desk.made import AGENT, CUSTOMER, NUMBER, mail, of_kind, planned, ticket
from tests.desk.test_plan_reply import changes, reply


def found(text: str) -> tuple[str, ...]:
    return leaks(text, (), NUMBER, lambda address: address.endswith("@pdsi.kemendag.go.id"))


@pytest.mark.parametrize(
    "text",
    [
        "Hubungi Rina.S@pdsi.kemendag.go.id.",
        "Lihat HERO-2026-000999.",
        "Dari: Rina <rina@x.example>",
        "Dari: Rina Sari\nDikirim: Senin, 23 November 2026 10.00\nKepada: Tim",
        "*From:* Rina\n*To:* Tim",
        "mailto:hero@kemendag.go.id?subject=x&body=%23ambil",
        *MARKER,
    ],
)
def test_a_find(text: str) -> None:
    assert found(f"Yth. Bapak,\n\n{text}\n\nSalam")


@pytest.mark.parametrize(
    "text",
    [
        f"Tiket {NUMBER} sudah selesai.",
        "Silakan tulis ke layanan@kantor.example.",
        "Dari: Jakarta\nKe Bandung tiga jam.",
        "Perihal: reset kata sandi\nTanggal: 3 Mei",
        "From now on: please use the new form.",
    ],
)
def test_no_find(text: str) -> None:
    assert found(text) == ()


def test_an_internal_customers_own_address_is_no_secret() -> None:
    from router.mail.message import Address

    staff = Address("Data", "data1.pdsi@kemendag.go.id")
    made = planned(
        mail(reply(AGENT, f"Akun {staff.address} sudah aktif.")), by_token=ticket(customer=staff, participants=(staff,))
    )
    (relay,) = of_kind(made, "relay")
    assert relay.held is None


@pytest.mark.parametrize("words", ["#tolak hubungi aplikasi2.pdsi@kemendag.go.id", "#lengkapi\nKe aplikasi2.pdsi@kemendag.go.id",
                                   "#selesai\nTanya aplikasi2.pdsi@kemendag.go.id"])  # fmt: skip
def test_a_leak_holds_whatever_carries_it_and_changes_nothing(words: str) -> None:
    made = planned(mail(reply(AGENT, words)), by_token=ticket())
    assert of_kind(made, ChangeTicket) == []
    notices = of_kind(made, "notice")
    assert [one.template for one in notices] == ["notice.agent.held"]
    assert all(one.held for one in of_kind(made, "relay"))


def test_a_held_relay_is_let_go_and_counts_as_the_answer() -> None:
    made = planned(mail(reply(AGENT, "#kirim")), by_token=ticket(relay="held"))
    (steer,) = of_kind(made, Steer)
    assert steer.verb == "send"
    assert changes(made)["status"] == "in_progress"


@pytest.mark.parametrize(("command", "relay"), [("#kirim", None), ("#kirim", "waiting"), ("#batal", None)])
def test_where_there_is_none_the_agent_hears_so(command: str, relay: str | None) -> None:
    made = planned(mail(reply(AGENT, command)), by_token=ticket(relay=relay))
    assert of_kind(made, Steer) == []
    (notice,) = of_kind(made, "notice")
    assert "Tidak ada" in notice.text


def test_a_relay_that_waits_is_cancelled() -> None:
    (steer,) = of_kind(planned(mail(reply(AGENT, "#batal")), by_token=ticket(relay="waiting")), Steer)
    assert steer.verb == "cancel"


def test_the_receipt_names_all_who_got_it() -> None:
    from router.mail.message import Address

    people = (Address("Budi", CUSTOMER), Address("Tini", "tini@luar.example"))
    made = planned(mail(reply(AGENT, "Sudah.")), by_token=ticket(participants=people))
    (relay,), (receipt,) = of_kind(made, "relay"), of_kind(made, "notice")
    assert relay.recipients == (CUSTOMER, "tini@luar.example")
    assert "tini@luar.example" in receipt.text
