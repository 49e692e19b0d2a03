"""Where a sentence stands decides how much it counts."""

from __future__ import annotations

import pytest

from router.mail.parse import parse
from router.rulebook.aside import asides
from router.rulebook.zones import Markers, beginnings, read

from .conftest import mail

MARKERS = Markers(
    closings=beginnings(["terima kasih", "salam"]),
    greetings=beginnings(["yth", "selamat pagi"]),
    disclaimers=beginnings(["pesan ini bersifat rahasia"]),
    second=beginnings(["selain itu"]),
    asides=asides(fine=["lancar"], doubt=["tidak"], excepted=["bukan"], turns=["tapi"]),
)


def places(text: str, subject: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sentence in read(mail(text, subject, attachments=(("surat_resmi.v2.pdf", "application/pdf"),)), MARKERS):
        found.setdefault(sentence.place, []).append(" ".join(sentence.text.split()))
    return found


def test_subject_body_attachment() -> None:
    assert places("Server mati.", "Lapor") == {
        "subject": ["Lapor"],
        "body": ["Server mati"],
        "attachment": ["surat resmi v2 pdf"],
    }


def test_greeting_closing_and_disclaimer_are_apart() -> None:
    text = (
        "Selamat pagi,\nserver mati.\n\nTerima kasih\nBudi\nBagian e-SKA\n\nPesan ini bersifat rahasia dan terbatas.\n"
    )
    found = places(text)
    assert found["body"] == ["server mati"]
    assert "Bagian e-SKA" in " ".join(found["signature"])
    assert "rahasia" in " ".join(found["disclaimer"])


@pytest.mark.parametrize(
    "text",
    [
        "Terima kasih atas bantuannya kemarin, tapi server e-SKA hari ini mati lagi.",
        "Selamat pagi server mati",
        "Salam hormat kami sampaikan, bersama ini kami laporkan server mati",
    ],
)
def test_a_formula_in_a_sentence_is_body(text: str) -> None:
    assert list(places(text)) == ["body", "attachment"]


def test_what_comes_after_the_closing_and_asks_is_body() -> None:
    text = "Server mati.\n\nTerima kasih\nBudi\n\nKapan server e-SKA hidup?"
    assert "Kapan server e-SKA hidup" in places(text)["body"]


def test_a_second_subject() -> None:
    found = places("Server mati. Selain itu wifi lambat. Tolong.")
    assert (found["body"], found["second"]) == (["Server mati"], ["Selain itu wifi lambat", "Tolong"])


def test_a_mail_that_begins_with_the_marker_has_one_subject() -> None:
    assert places("Selain itu wifi lambat.")["body"] == ["Selain itu wifi lambat"]


def test_quotes_are_apart() -> None:
    found = places("Masih mati.\n\n> Server sudah hidup\n", "Re: server")
    assert (found["body"], found["quote"]) == (["Masih mati"], ["> Server sudah hidup"])


def test_what_is_said_aside_is_no_body() -> None:
    found = places("TNDE lancar, tapi server mati.")
    assert found["body"] == ["tapi server mati"]


def test_the_markup_of_an_html_answer_says_what_is_quoted() -> None:
    raw = (
        b"Subject: Re: lapor\r\nFrom: a@b.id\r\nContent-Type: text/html\r\n\r\n"
        b"<div>Masih mati, mohon dicek</div><blockquote type=cite>Server sudah hidup kemarin</blockquote>"
    )
    found = [(s.place, " ".join(s.text.split())) for s in read(parse(raw), MARKERS)]
    assert ("body", "Masih mati, mohon dicek") in found
    assert ("quote", "Server sudah hidup kemarin") in found


NOTE = "Mohon dibantu, wifi mati.\n\nYusran Abdullah\nBPTN Makassar | Layanan: post border\n\n"
SENT_ON = (
    "From: Bagian Ekspor <ekspor@contoh.id>\nSent: Monday, 3 March 2026\nTo: Yusran\nSubject: server lambat\n\n"
    "Server lambat sekali."
)


def test_a_note_its_names_and_what_is_sent_on() -> None:
    found = places(NOTE + SENT_ON, "Fwd: server lambat")
    assert found["body"] == ["Mohon dibantu, wifi mati"]
    assert found["forwarded"] == ["Subject: server lambat", "Server lambat sekali"]
    assert "post border" in " ".join(found["signature"])
    assert "Bagian Ekspor" in " ".join(found["signature"])


@pytest.mark.parametrize(
    "marker", ["---------- Forwarded message ---------", "-------- Pesan Terusan --------", "Begin forwarded message:"]
)
def test_what_is_sent_on_without_a_note_is_body(marker: str) -> None:
    found = places(f"{marker}\n{SENT_ON}", "Fwd: server lambat")
    assert "Server lambat sekali" in found["body"]
    assert "forwarded" not in found


@pytest.mark.parametrize(
    "text",
    [
        "Server e-SKA mati",  # the only paragraph
        "Selamat pagi\n\nServer e-SKA mati sejak kemarin sore",
        "Lapor\n\nServer E-SKA Mati.",
        "SERVER MATI\n\nMOHON DICEK SEGERA YA, KAPAL TUTUP BESOK DAN KAMI TIDAK BISA MENGIRIM DOKUMEN APA PUN KE PELABUHAN",
    ],
)
def test_a_last_paragraph_that_says_something_is_body(text: str) -> None:
    assert "signature" not in places(text)
