"""One normal form for what is the same word; others stay apart."""

from __future__ import annotations

import pytest

from router.rulebook.words import Lexicon, clean, fold, sentences

LEXICON = Lexicon(
    {"tidak": ["gak", "tdk", "nggak"], "tidak bisa": ["gabisa"], "sandi": ["password"]},
    roots=["upload", "login", "print"],
    keep=["layanan"],
)


@pytest.mark.parametrize(
    "same",
    [
        ("mengunduh", "diunduh", "unduhan", "UNDUH", "terunduh"),
        ("mengupload", "diupload", "uploadnya", "penguploadan", "keupload"),
        ("ditolak", "penolakan", "menolak"),
        ("permohonan", "memohon", "mohon"),
        ("gak", "tdk", "Nggak", "tidak"),
        ("sandinya", "password", "PASSWORD", "sandi"),
        ("eskanya", "eska"),
        ("kafé", "kafe", "ＫＡＦＥ"),
        ("tolongin", "tolong"),
        ("menanyakan", "pertanyaan", "tanya"),
        ("certificate", "certificates"),
        ("issue", "issues", "issued", "issuing"),
        ("reject", "rejects", "rejected", "rejecting"),
        ("submit", "submitted", "submitting"),
        ("inquiry", "inquiries"),
        ("apply", "applied", "applies"),
    ],
)
def test_same_word(same: tuple[str, ...]) -> None:
    assert len({LEXICON.normal(clean(word)) for word in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("business", "busine"),
        ("access", "acces"),
        ("layanan", "layan"),
        ("kerusakan", "rusa"),
        ("inatrade", "trade"),
        ("sisp", "isp"),
        ("dinas", "nasib"),
    ],
)
def test_other_word(one: str, other: str) -> None:
    assert LEXICON.normal(one) != LEXICON.normal(other)


def test_one_written_word_may_be_several() -> None:
    assert LEXICON.normal("gabisa") == ("tidak", "bisa")


def test_names_are_left_alone() -> None:
    for name in ("inatrade", "kudagang", "kemendag", "simppel", "tnde", "bsre", "h2h"):
        assert LEXICON.normal(name)[0].rstrip("e") == name.rstrip("e")


def test_fold_and_clean() -> None:
    assert fold("Çafé") == "cafe"
    assert clean("e\u200b-\u00adSKA\r\n") == "e-SKA\n"
    assert clean("\ufb01le") == "file"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Server mati. Mohon dicek!", ["Server mati", " Mohon dicek"]),
        ("di kab. Sigi no. 5", ["di kab. Sigi no. 5"]),
        ("satu\ndua", ["satu\ndua"]),
        ("satu\n\ndua", ["satu", "dua"]),
        ("1. satu\n2. dua", ["1. satu", "2. dua"]),
        ("ska.kemendag.go.id mati", ["ska.kemendag.go.id mati"]),
        ("...", ["..."]),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.rulebook.words._MAX_CACHE", 100)
    lexicon = Lexicon()
    for number in range(1000):
        lexicon.normal(f"kata{number}")
    assert len(lexicon._cache) <= 100
