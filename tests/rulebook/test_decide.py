"""From a message to a decision, with the small rule set of base/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from router.rulebook.book import RuleBook
from router.rulebook.decide import decide
from router.rulebook.decision import Circumstances, Decision

from .conftest import EXTERNAL, INTERNAL, mail

PDF = (("surat permohonan.pdf", "application/pdf"),)


def decided(book: RuleBook, text: str, subject: str = "", circumstances: Circumstances = EXTERNAL) -> Decision:
    return decide(mail(text, subject), circumstances, book)


def test_a_sure_decision_goes_to_the_owner(base: RuleBook) -> None:
    decision = decided(base, "Sistem SKA error, e-SKA blank sejak pagi. TNDE tidak.", circumstances=INTERNAL)
    assert (decision.service, decision.type, decision.eligible) == ("A.14", "kendala", True)
    sure = decided(base, "TNDE error sejak pagi", circumstances=INTERNAL)
    assert (sure.service, sure.confidence, sure.unit) == ("A.18", "sure", "pdsi")
    assert sure.score >= 0.9


def test_an_unsure_decision_goes_to_triage_with_its_candidates(base: RuleBook) -> None:
    decision = decided(base, "Tentang e-SKA")
    assert decision.confidence == "unsure"
    assert decision.unit == "triage"
    assert {decision.service, *(c.service for c in decision.alternatives)} == {"A.14", "D.01"}


def test_nothing_points_anywhere(base: RuleBook) -> None:
    decision = decided(base, "Halo, apa kabar?")
    assert (decision.service, decision.type, decision.unit, decision.score) == (None, None, "triage", 0.0)
    assert decision.letter == "not-required"


def test_what_is_not_ours_is_nobodys_service(base: RuleBook) -> None:
    decision = decided(base, "Barang rusak saya beli lewat toko, ada kaitan dengan intranet?", circumstances=INTERNAL)
    assert (decision.service, decision.unit, decision.confidence) == (None, "triage", "unsure")
    assert [c.service for c in decision.alternatives] == ["A.16"]
    assert decision.reasons[0].rule == "Pengaduan konsumen signal 1"


def test_the_mailbox_settles_what_content_leaves_open(base: RuleBook) -> None:
    open_question = "Tentang e-SKA"
    assert decided(base, open_question, circumstances=replace(EXTERNAL, mailbox="ska")).service == "D.01"
    assert decided(base, "E-SKA error", circumstances=replace(EXTERNAL, mailbox="ska")).service == "A.14"


def test_the_mailbox_alone_says_nothing(base: RuleBook) -> None:
    assert decided(base, "Halo", circumstances=replace(EXTERNAL, mailbox="ska")).service is None


def test_inatrade_from_outside_is_the_call_centers(base: RuleBook) -> None:
    assert decided(base, "Inatrade error", circumstances=INTERNAL).service == "A.15"
    outside = decided(base, "Inatrade error", circumstances=EXTERNAL)
    assert (outside.service, outside.eligible) == ("D.02", True)


def test_a_service_for_others_is_kept_and_not_eligible(base: RuleBook) -> None:
    decision = decided(base, "TNDE error", circumstances=EXTERNAL)
    assert (decision.service, decision.eligible, decision.audience) == ("A.18", False, "external")


def test_new_words_count_and_quoted_ones_hardly(base: RuleBook) -> None:
    decision = decided(base, "tnde\n\n> intranet\n> intranet", "", INTERNAL)
    assert (decision.service, decision.confidence) == ("A.18", "sure")


def test_a_quote_counts_where_the_new_text_points_nowhere(base: RuleBook) -> None:
    decision = decided(base, "Mohon dibantu.\n\nOn Tue, Mar 3, 2026 Budi wrote:\n> TNDE error terus\n", "", INTERNAL)
    assert decision.service == "A.18"
    assert decision.reasons[0].where == "quote"


def test_a_signature_counts_little(base: RuleBook) -> None:
    decision = decided(base, "Intranet error\n\nTerima kasih,\nBudi\nTim TNDE\n", "", INTERNAL)
    assert decision.service == "A.16"
    assert decision.confidence == "sure"


def test_what_follows_a_second_subject_counts_less(base: RuleBook) -> None:
    text = "TNDE error. Selain itu intranet juga error, mohon dicek."
    assert decided(base, text, "", INTERNAL).service == "A.18"


def test_reasons_name_rule_place_and_words(base: RuleBook) -> None:
    reason = decided(base, "Server eska eror", "", EXTERNAL).reasons[0]
    assert reason.rule == "A.14 signal 1: nama sistem"
    assert reason.file.endswith("catalog/a14-e-ska.toml")
    assert (reason.line, reason.words, reason.where) == (9, ("eska",), "body")


def test_near_reaches_from_the_subject_into_the_mail(base: RuleBook) -> None:
    rules = [r.rule for r in decided(base, "Tidak bisa login sejak pagi", "E-SKA").reasons]
    assert "A.14 signal 2" in rules


def test_near_does_not_reach_over_a_paragraph(base: RuleBook) -> None:
    text = "Saya mau bertanya soal e-SKA.\n\nHari ini panas.\n\nPrinter error."
    assert "A.14 signal 2" not in [r.rule for r in decided(base, text).reasons]


@pytest.mark.parametrize(
    ("text", "said", "kind"),
    [
        ("Intranet error", "kendala", "permohonan"),  # A.16 admits no problem
        ("Bagaimana intranet", "pertanyaan", "pertanyaan"),
        ("Intranet", None, "pertanyaan"),  # the first that it admits
        ("kata sandi intranet", "permohonan", "permohonan"),  # the service's own words
        ("TNDE bagaimana, mohon dibuatkan", "permohonan", "permohonan"),
        ("Apakah TNDE", "pertanyaan", "kendala"),
        ("Apakah bagaimana TNDE mohon", "pertanyaan", "permohonan"),
        ("TNDE", None, "kendala"),  # `usual`
        ("Mohon dibantu, Inatrade tidak bisa dibuka", "kendala", "kendala"),  # a polite "mohon" asks for nothing
    ],
)
def test_types(base: RuleBook, text: str, said: str | None, kind: str) -> None:
    decision = decided(base, text, "", INTERNAL)
    assert (decision.stated_type, decision.type) == (said, kind)


@pytest.mark.parametrize(
    ("text", "attachments", "letter"),
    [
        ("Permohonan akun Inatrade", PDF, "present"),
        ("Permohonan akun Inatrade", (("dokumen.docx", "application/octet-stream"),), "present"),
        ("Permohonan akun Inatrade", (), "missing"),
        ("Permohonan akun Inatrade, surat terlampir", (), "missing"),
        ("Permohonan akun Inatrade", (("screenshot.png", "image/png"),), "missing"),
        ("Permohonan akun Inatrade, surat terlampir", (("IMG-0042.jpg", "image/jpeg"),), "present"),
        ("Permohonan akun Inatrade", (("nota dinas.jpg", "image/jpeg"),), "present"),
        ("Permohonan akun Inatrade, surat menyusul", (("daftar.pdf", "application/pdf"),), "missing"),
        ("Permohonan reset password Inatrade", (), "not-required"),
        ("Inatrade error", (), "not-required"),
    ],
)
def test_letter(base: RuleBook, text: str, attachments: tuple[tuple[str, str], ...], letter: str) -> None:
    assert decide(mail(text, attachments=attachments), INTERNAL, base).letter == letter


@pytest.mark.parametrize(("day", "unit"), [(date(2026, 12, 31), "pdsi"), (date(2027, 1, 1), "aplikasi")])
def test_a_dated_owner(base: RuleBook, day: date, unit: str) -> None:
    moment = datetime.combine(day, time(1), ZoneInfo("Asia/Jakarta")).astimezone(UTC)
    assert decided(base, "Inatrade error", "", replace(INTERNAL, moment=moment)).unit == unit


def test_the_same_message_gives_the_same_decision(base: RuleBook) -> None:
    message = mail("Server e-SKA error, TNDE juga, mohon reset")
    assert decide(message, INTERNAL, base) == decide(message, INTERNAL, base)


def test_hostile_text_is_no_trouble(base: RuleBook) -> None:
    for text in ("e-ska " * 20_000, "a" * 200_000, "\n" * 100_000, "e - s - k - a " * 10_000, "\u0301" * 50_000, ""):
        assert decided(base, text, text[:300]).audience == "external"


def test_language(base: RuleBook) -> None:
    assert decided(base, "Mohon bantuannya, e-SKA tidak bisa dibuka").language == "id"
    assert decided(base, "Please help, we cannot open e-SKA").language == "en"
    assert decided(base, "e-SKA").language == "both"


def test_more_phrases_change_nothing(book_with: Callable[..., RuleBook], base: RuleBook) -> None:
    words = ", ".join(f'"kata{n} lain{n}"' for n in range(2000))
    larger = book_with(a18=f"[[signal]]\nweight = 1\nany = [{words}]\n")
    message = mail("Server e-SKA error")
    first, second = (decide(message, EXTERNAL, book) for book in (base, larger))
    assert first.score == second.score
