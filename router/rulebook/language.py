"""In which language is a text written: a vote of the words that each language can't do without."""

from __future__ import annotations

from typing import Literal

from router.rulebook.words import written

_WORDS = 400  # the first words are enough
_INDONESIAN = """yang dan di ke dari untuk dengan pada ini itu tidak adalah akan sudah belum bisa dapat kami saya anda mohon
    tolong     terima kasih selamat pagi siang sore malam bapak ibu pak bu yth dalam atau oleh karena agar sebagai juga ada apakah
    bagaimana kapan dimana mengapa kenapa sehingga namun tetapi jika kalau bila saat sejak hari telah sedang masih
    tersebut atas hal dong ya nggak gak sy yg dgn utk tdk"""
_ENGLISH = """the and of to in is are was were for with on at by from this that not be been have has had will would can could
    should we i you your our my please thank thanks dear regards hello hi how what when where why which who if but or
    because since still also there it they as an any since does do did"""
_VOTES = {"id": frozenset(_INDONESIAN.split()), "en": frozenset(_ENGLISH.split())}


def language_of(text: str) -> Literal["id", "en"] | None:
    """The language of a text, or None where it can't be said (too short, or both in equal parts)."""
    words = written(text[:8000].lower())[:_WORDS]
    indonesian = sum(w in _VOTES["id"] for w in words)
    english = sum(w in _VOTES["en"] for w in words)
    if indonesian == english or max(indonesian, english) < 1:
        return None
    if min(indonesian, english) * 1.5 > max(indonesian, english):
        return None
    return "id" if indonesian > english else "en"
