"""Phrases: what stands in a mail, what does not, and what can't be a phrase."""

from __future__ import annotations

import pickle
import random
import time

import pytest

from router.rulebook.index import PhraseIndex
from router.rulebook.pattern import PhraseError, Sentence
from router.rulebook.phrase import check
from router.rulebook.words import Lexicon, clean, sentences

SPELLINGS = {"tidak": ["gak"], "tidak bisa": ["gabisa"], "login": ["sign in"], "tanda tangan": ["tanda tngn", "ttd"]}
GROUPS = {"rusak": ["gagal", "tidak bisa", "=OFF"], "pola": ["/x+/"]}


def found(phrase: str, text: str) -> list[str]:
    """The words that a phrase finds in a text."""
    index = PhraseIndex(Lexicon(SPELLINGS, roots=["login"]), GROUPS)
    numbers = index.add(phrase)
    index.freeze()
    mail = [Sentence("body", n, s) for n, s in enumerate(sentences(clean(text)))]
    hits = index.find(mail)
    return [hit.words for number in numbers for hit in hits.get(number, ())]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("e-ska", "E SKA saya", ["E SKA"]),
        ("e-ska", "eska dan e-SKA", ["eska", "e SKA"]),
        ("e-ska", "e-skanya mati", ["e skanya"]),
        ("e ska", "eska", ["eska"]),
        ("satu data", "Portal SatuData", ["SatuData"]),
        ("satudata", "satu data", ["satu data"]),
        ("portal satu data", "portal satudata", ["portal satudata"]),
        ("host-to-host", "host to host", ["host to host"]),
        ("api key", "API-key", ["API key"]),
        ("tidak bisa login", "gabisa sign in", ["gabisa sign in"]),
        ("tidak bisa login", "saya gak bisa login", ["gak bisa login"]),
        ("tanda tangan", "tanda tngn, ttd", ["tanda tngn", "ttd"]),
        ("mengunduh berkas", "unduh berkas", ["unduh berkas"]),
        ("gagal|tidak dapat", "gagal", ["gagal"]),
        ("@rusak", "tidak bisa", ["tidak bisa"]),
        ("hang|@rusak", "gagal hang", ["hang", "gagal"]),
        ("café", "CAFE", ["CAFE"]),
        ("ska.kemendag.go.id", "https://ska.kemendag.go.id/login", ["ska kemendag go id"]),
    ],
)
def test_words_are_found(phrase: str, text: str, words: list[str]) -> None:
    assert found(phrase, text) == words


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("e-ska", "skala, eskalasi, meska"),
        ("tidak bisa login", "tidak bisa. Login"),
        ("data ska", "data yang ska"),
        ("=SKA", "ska"),
        ("=SKA", "ESKA"),
        ("/form d/", "form. d"),
        ("intranet", "internet"),
    ],
)
def test_words_are_not_found(phrase: str, text: str) -> None:
    assert found(phrase, text) == []


@pytest.mark.parametrize("slip", ["inatrde", "innatrade", "Inatrae", "inatrdae", "imatrade", "inatradee"])
def test_one_slip_of_the_finger_in_a_long_name(slip: str) -> None:
    assert found("inatrade", slip) == [slip]


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("inatrade", "inatd"),
        ("inatrade", "inatrxye"),
        ("sigi", "sigy"),
        ("kendala", "kendali"),
        ("kendala", "kandala"),
        ("permohonan", "permodalan"),
    ],
)
def test_what_is_no_slip(phrase: str, word: str) -> None:
    if word == "kandala":
        assert found(phrase, word) == ["kandala"]
    else:
        assert found(phrase, word) == []


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("=SKA", "SKA dan (SKA)", ["SKA", "SKA"]),
        ("=PI|=PE", "PI kami, pe, PE", ["PI", "PE"]),
        ("=C++", "bahasa C++ saja", ["C++"]),
        ("@rusak", "OFF, off", ["OFF"]),
        (r"/\bform [a-e]\b/", "Form D dan fórm E", ["Form D", "form E"]),
        ("/(a+)+$/", "aaaa", ["aaaa"]),
    ],
)
def test_patterns(phrase: str, text: str, words: list[str]) -> None:
    assert found(phrase, text) == words


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("", "is empty"),
        ("a|", "is empty"),
        ("=", "is empty"),
        ("//", "is empty"),
        ("...", "can never match: it has no letter or digit"),
        ("server mati. total", "can never match: a phrase does not reach beyond the end of a sentence"),
        ("/(a/", "is no regular expression that RE2 takes: missing ): (a"),
        ("/(?=a)b/", "is no regular expression that RE2 takes: invalid perl operator: (?="),
        ("/a*/", "matches the empty text, and so every mail"),
        ("@rusk", "names an unknown group @rusk"),
        ("/form [a-z]/|form", "is a regular expression beside others: it must stand alone"),
        ("@pola", "is a regular expression beside others: it must stand alone"),
    ],
)
def test_what_can_be_no_phrase(phrase: str, fault: str) -> None:
    assert check(phrase, GROUPS) == fault
    with pytest.raises(PhraseError, match="^" + __import__("re").escape(fault)):
        PhraseIndex(Lexicon(), GROUPS).add(phrase)


def test_an_index_can_be_pickled() -> None:
    index = PhraseIndex(Lexicon())
    numbers = index.add("=SKA") + index.add("/form [a-z]/") + index.add("e-ska")
    index.freeze()
    again = pickle.loads(pickle.dumps(index))
    assert sorted(again.find([Sentence("body", 0, "e-SKA form D SKA")])) == sorted(numbers)


def test_ten_times_the_phrases_cost_at_most_half_as_much_again() -> None:
    words = [f"kata{n}" for n in range(400)]
    draw = random.Random(7)

    def index_of(count: int) -> PhraseIndex:
        index = PhraseIndex(Lexicon())
        for _ in range(count):
            index.add(" ".join(draw.choices(words, k=3)))
        index.freeze()
        return index

    mail = [Sentence("body", n, " ".join(draw.choices(words, k=15))) for n in range(20)]

    def seconds(index: PhraseIndex) -> float:
        start = time.process_time()
        for _ in range(20):
            index.find(mail)
        return time.process_time() - start

    small, large = index_of(2_000), index_of(20_000)
    assert min(seconds(large) for _ in range(7)) <= 1.5 * min(seconds(small) for _ in range(7))
