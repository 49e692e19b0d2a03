"""Finished mail, compared whole: written anew with RENEW_EXPECTED=1, and then read in review."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from router.desk.contexts import CONTEXTS
from router.desk.letter import load
from router.desk.samples import samples
from router.mail.compose import Draft, compose
from router.mail.message import Address, Attachment
from router.mail.msgid import with_number
from router.mail.parse import parse

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
LETTERS = [(name, "id") for name in CONTEXTS] + [
    (name, "en") for name in ("acknowledgement", "acknowledgement.ineligible", "forward.triage", "relay")
] + [("acknowledgement.unsure", "both"), ("acknowledgement.letter", "both"), ("relay", "both")]  # fmt: skip
NUMBER = "HERO-2026-000123"
ORIGINAL = b"From: ratna@kopinusantara.co.id\r\nSubject: Sistem e-SKA\r\n\r\nMohon bantuannya.\r\n"


def draft(name: str, language: str) -> Draft:
    templates, _ = load(ROOT / "templates")
    assert templates is not None
    letter = templates.render(name, (), language, samples(name)[0].mapping())
    assert letter.problem is None
    kind = name.partition(".")[0]
    pdf = b"%PDF-1.7 " + bytes(range(256))
    named = Attachment(
        "Surat Permohonan – Ratna.pdf", "application/pdf", len(pdf), hashlib.sha256(pdf).hexdigest(), False, pdf
    )
    return Draft(
        kind=kind,
        ticket=NUMBER,
        message_id=f"hero.{name}.{language}@kemendag.go.id",
        from_=Address("Ratna Wulandari (HERO)" if kind == "forward" else "HERO Kemendag", "hero@kemendag.go.id"),
        to=(Address("Ratna Wulandari", "ratna@kopinusantara.co.id"),),
        reply_to=(Address("", "hero@kemendag.go.id"),) if kind == "forward" else (),
        subject=with_number(letter.subject, NUMBER),
        text=letter.text,
        html=letter.html,
        attachments=(named,) if kind == "forward" else (),
        original=ORIGINAL if name == "forward" else None,
        in_reply_to="pagi.1@kopinusantara.co.id",
        references=("awal.0@kopinusantara.co.id",),
        auto_submitted=kind in ("acknowledgement", "notice"),
        date=datetime(2026, 11, 24, 8, 12, 30, tzinfo=timezone(timedelta(hours=7))),
    )


@pytest.mark.parametrize(("name", "language"), LETTERS)
def test_finished_mail_is_as_reviewed(name: str, language: str) -> None:
    expected = GOLDEN / f"{name}.{language}.eml"
    made = compose(draft(name, language))
    if os.environ.get("RENEW_EXPECTED"):
        expected.write_bytes(made)
    assert made == expected.read_bytes()


def test_no_finished_mail_is_left_over() -> None:
    assert {path.name for path in GOLDEN.glob("*.eml")} == {f"{name}.{language}.eml" for name, language in LETTERS}


@pytest.mark.parametrize(("name", "language"), LETTERS)
def test_our_own_parser_reads_what_we_wrote(name: str, language: str) -> None:
    wanted = draft(name, language)
    message = parse(compose(wanted))
    assert message.defects == ()
    assert (message.subject, message.from_, message.to) == (wanted.subject, wanted.from_, wanted.to)
    assert (message.message_id, message.in_reply_to) == (wanted.message_id, wanted.in_reply_to)
    assert message.references == ("awal.0@kopinusantara.co.id", "pagi.1@kopinusantara.co.id")
    assert message.date == wanted.date
    assert message.text.strip() == wanted.text.strip()
    assert str(message.html).strip() == str(wanted.html).strip()
    files = [(item.filename, item.content) for item in message.attachments]
    assert files[: len(wanted.attachments)] == [(item.filename, item.content) for item in wanted.attachments]
    assert files[len(wanted.attachments) :] == ([("pesan-asli.eml", ORIGINAL)] if wanted.original else [])
    assert message.value("X-Hero-Ticket") == NUMBER
