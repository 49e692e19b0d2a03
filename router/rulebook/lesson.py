"""A mail that a person has decided, as phrases from which rules may be made: normal forms, without names and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from router.mail.message import Message
from router.rulebook.pattern import Sentence
from router.rulebook.private import names, without_addresses
from router.rulebook.ruleset import RuleBook
from router.rulebook.words import Lexicon, clean, fold, sentences, written
from router.rulebook.zones import read

Phrase = tuple[str, ...]
"""Words in their normal form, as the rules match them."""

_OWN = frozenset({"subject", "body", "second", "forwarded"})
_LONGEST = 3  # words of a phrase
_SHORTEST = 4  # letters of a phrase of one word
_SENTENCES = 60
# Words that say nothing of the matter: a phrase neither begins nor ends with one.
_EMPTY_WORDS = """yang dan di ke dari untuk pada dengan ini itu ada adalah akan atau juga saja sudah telah belum masih bisa dapat
    tidak bukan jangan agar supaya karena sebab jika kalau bila maka oleh sebagai seperti dalam antara hingga sampai
    serta namun tapi tetapi sedangkan saat ketika setelah sebelum sejak lalu kemudian lagi lebih sangat sekali hanya
    cuma semua setiap para saya kami kita anda kamu dia mereka nya bapak ibu pak bu mas mbak kak admin tim yth
    hormat salam selamat pagi siang sore malam terima kasih mohon tolong minta harap silakan maaf izin perihal hal
    tersebut berikut terlampir sehubungan demikian atas bantuan perhatian kerja sama kerjasama sampaikan ingin mau
    perlu hendak apakah apa bagaimana kapan mana kenapa mengapa siapa berapa ya deh dong nih sih kok min gan dear re
    fw fwd hari tanggal bulan tahun jam email surat nomor no the a an of to in on for is are was were be been and or
    not with at by from as it this that we you i my our your please thank thanks regards hello hi can could would
    will have has had do does did if but so there any all
    pt cv ud tbk nama halo hai dibantu bantu bantuannya lapor laporan pakai"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a mail teaches. `phrases`: normal form → as written, in small letters. `named`: folded words that name somebody
    here; `small`: folded words that stand here in small letters; `titled`: with a capital first letter only."""

    author: str
    phrases: Mapping[Phrase, str]
    named: frozenset[str]
    small: frozenset[str]
    titled: frozenset[str]


def lesson(message: Message, book: RuleBook) -> Lesson:
    """What may be learned from a message: its own words only, never those of quotes, signatures and disclaimers."""
    listed = read(message, book.markers)
    named = names(message, listed)
    own = [part for s in listed[:_SENTENCES] if s.place in _OWN for part in _parts(s)]
    words = {word for sentence in own for word in sentence}
    small = frozenset(fold(w) for w in words if w[0].islower())
    titled = frozenset(fold(w) for w in words if w[0].isupper() and not w.isupper())
    phrases: dict[Phrase, str] = {}
    for sentence in own:
        for normal, said in _phrases(sentence, book.index.lexicon, named - _known(named, book)):
            phrases.setdefault(normal, said)
    return Lesson(message.from_.key if message.from_ else "", phrases, named, small, titled - small)


def is_known(word: str, book: RuleBook) -> bool:
    """Does an admin's rule hold this word? Then it names no stranger."""
    return any(book.index.holds(form) for form in book.index.lexicon.normal(word))


def _known(named: frozenset[str], book: RuleBook) -> frozenset[str]:
    return frozenset(word for word in named if is_known(word, book))


def _parts(sentence: Sentence) -> Iterator[list[str]]:
    """A sentence's words; addresses divide it."""
    for part in sentences(clean(without_addresses(sentence.text)).replace(" . ", "\n\n")):
        yield written(part)


def _phrases(words: list[str], lexicon: Lexicon, barred: frozenset[str]) -> Iterator[tuple[Phrase, str]]:
    """All phrases of a sentence: up to three words in a row, none of them a name or with a digit."""
    folded = [fold(word) for word in words]
    usable = [word.isalpha() and len(word) > 1 and word not in barred for word in folded]
    for first in range(len(words)):
        for end in range(first + 1, min(first + _LONGEST, len(words)) + 1):
            if not usable[end - 1]:
                break
            if folded[first] in _EMPTY or folded[end - 1] in _EMPTY:
                continue
            if end - first == 1 and len(folded[first]) < _SHORTEST and not words[first].isupper():
                continue
            said = folded[first:end]
            yield tuple(form for word in said for form in lexicon.normal(word)), " ".join(said)
