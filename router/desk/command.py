"""Lines that begin with ``#`` at the top of an agent's reply: commands, or what was wrong with them (conversation.md, section 3).

A command that is not understood stops everything: it is better that a mail comes back than that half of it goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import takewhile

from router.rulebook.book import RuleBook

TYPES = {
    "pertanyaan": "pertanyaan", "question": "pertanyaan",
    "permohonan": "permohonan", "request": "permohonan",
    "kendala": "kendala", "problem": "kendala",
}  # fmt: skip
PRIORITIES = {
    "rendah": "low", "low": "low", "biasa": "normal", "normal": "normal",
    "tinggi": "high", "high": "high", "mendesak": "urgent", "urgent": "urgent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was understood: its canonical (Indonesian) name and its argument in normal form, "" if none."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A command line that was not understood, and why, in words for the agent."""

    line: str
    why: str


@dataclass(frozen=True, slots=True)
class Commands:
    """What stands on top of a reply, and the words below it that remain."""

    commands: tuple[Command, ...]
    mistakes: tuple[Mistake, ...]
    words: str

    def has(self, name: str) -> bool:
        return any(command.name == name for command in self.commands)

    def argument(self, name: str) -> str | None:
        """The argument of the last command of that name, None if it was not given."""
        return next((command.argument for command in reversed(self.commands) if command.name == name), None)


Check = Callable[[str, RuleBook], str | None]


def _nothing(argument: str, _: RuleBook) -> str | None:
    return "" if not argument else None


def _anything(argument: str, _: RuleBook) -> str | None:
    return argument


def _place(argument: str, book: RuleBook) -> str | None:
    """A service's code or a unit's key."""
    services = {code.lower(): code for code in book.services}
    return services.get(argument.lower()) or (argument.lower() if argument.lower() in book.units else None)


def _one_of(allowed: dict[str, str]) -> Check:
    return lambda argument, _: allowed.get(argument.lower())


@dataclass(frozen=True, slots=True)
class Word:
    """A command of the table: canonical name, English name, what its argument may be, an example, what it does (Indonesian)."""

    name: str
    english: str
    check: Check
    example: str
    effect: str


WORDS: tuple[Word, ...] = (
    Word("ambil", "take", _nothing, "#ambil", "tiket ini saya tangani"),
    Word("selesai", "resolve", _nothing, "#selesai", "tiket selesai; teks di bawahnya adalah jawaban"),
    Word("tunggu", "wait", _nothing, "#tunggu", "menunggu pelanggan; waktu berhenti dihitung"),
    Word("lengkapi", "letter", _nothing, "#lengkapi", "minta kelengkapan kepada pelanggan, lalu menunggu"),
    Word("catatan", "note", _nothing, "#catatan", "seluruh isi email ini hanya untuk internal"),
    Word("alih", "move", _place, "#alih A.14", "alihkan ke layanan atau unit lain"),
    Word("jenis", "type", _one_of(TYPES), "#jenis kendala", "perbaiki jenis tiket"),
    Word("prioritas", "priority", _one_of(PRIORITIES), "#prioritas tinggi", "ubah prioritas"),
    Word("tolak", "reject", _anything, "#tolak", "bukan layanan kami; ditutup dengan jawaban yang sopan"),
    Word("buka", "reopen", _nothing, "#buka", "buka kembali tiket"),
    Word("kirim", "send", _nothing, "#kirim", "kirimkan jawaban yang ditahan"),
    Word("batal", "cancel", _nothing, "#batal", "batalkan jawaban yang ditahan atau belum terkirim"),
    Word("status", "status", _nothing, "#status", "kirimkan keadaan tiket kepada saya"),
    Word("bantuan", "help", _nothing, "#bantuan", "daftar perintah ini"),
)
_BY_NAME = {name: word for word in WORDS for name in (word.name, word.english)}


def read(text: str, book: RuleBook) -> Commands:
    """The commands at the top of `text` (blank lines before and between them are skipped), and the words below."""
    lines = text.splitlines()
    commands: list[Command] = []
    mistakes: list[Mistake] = []
    top = list(takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), lines))
    for line in filter(None, map(str.strip, top)):
        found = _one(line, book)
        if isinstance(found, Command):
            commands.append(found)
        else:
            mistakes.append(found)
    return Commands(tuple(commands), tuple(mistakes), "\n".join(lines[len(top) :]).strip())


def chosen(text: str) -> int | None:
    """The numbered candidate that a customer's first line names, None if it names none."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return int(first[0]) if first.rstrip(".)") in ("1", "2", "3") else None


def _one(line: str, book: RuleBook) -> Command | Mistake:
    parts = line.lstrip("#").split(None, 1)  # whatever space the mail program wrote, U+00A0 too
    name = parts[0].rstrip(".,:;") if parts else ""
    argument = parts[1] if len(parts) > 1 else ""
    word = _BY_NAME.get(name.lower())
    if word is None:
        near = get_close_matches(name.lower(), _BY_NAME, 1)
        return Mistake(line[:200], "perintah tidak dikenal" + (f"; maksud Anda #{near[0]}?" if near else ""))
    checked = word.check(argument.strip(), book)
    if checked is None:
        return Mistake(line[:200], f'isian "{argument.strip()[:60]}" tidak sesuai; contoh: {word.example}')
    return Command(word.name, checked)


def table(words: Iterable[Word] = WORDS) -> str:
    """The list of commands as an agent reads it, a line each."""
    return "\n".join(f"{word.example} · #{word.english}: {word.effect}" for word in words)
