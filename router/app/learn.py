"""`rules learn`: what people corrected and labelled mail → proposals in learned.toml, to be reviewed before they count."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from router.mail.parse import parse
from router.rulebook.book import RuleBook
from router.rulebook.corpus import read
from router.rulebook.learning import Label, Study
from router.rulebook.lesson import lesson
from router.rulebook.source import read as read_toml
from router.rulebook.tables import LearnedFile, LearnedTable
from router.rulebook.validate import validate
from router.store.database import Store
from router.store.recorded import Correction

_HEAD = """# Frasa yang dipelajari dari koreksi petugas dan surat berlabel (hero-router rules learn).
# Belum berlaku: periksa satu per satu, lalu ubah accepted menjadi true, ubah bobotnya, atau hapus.
# Lihat dulu akibatnya dengan: hero-router rules backtest
# Yang sudah accepted = true dipertahankan apa adanya saat dijalankan lagi; usulan lain diganti.
"""


def study(
    book: RuleBook, store: Store | None, since: datetime, corpora: Sequence[Path], advance: Callable[[int, int], None]
) -> Study:
    """Labelled mail of the files (ValueError names a bad line) and of the store since then, and against them the mail that
    nobody corrected. `advance` hears how many are done, and of how many."""
    found = Study(book)
    for path in corpora:
        for one in read([path]):
            if one.label.screen == "accept":
                found.teach(lesson(one.message, book), _labels(one.label.services[0], one.label.type), path.name)
    if store is None:
        found.settle()
        return found
    ids = store.recorded_ids(since)
    corrected = store.corrections()
    for teaching in (True, False):
        for number, mail in enumerate(store.recorded(ids), 1):
            correction = corrected.get(mail.ticket or "")
            if teaching and correction is not None:
                labels = _labels(correction.service, correction.type)
                found.teach(lesson(parse(mail.raw), book), labels, _command(correction))
            elif not teaching and correction is None and mail.decision and mail.decision["confidence"] == "sure":
                labels = _labels(mail.decision["service"], mail.decision["type"])
                found.weigh_against(lesson(parse(mail.raw), book), labels)
            advance(number + (0 if teaching else len(ids)), 2 * len(ids))
        if teaching:
            found.settle()
    return found


def merged(path: Path, proposed: Sequence[LearnedTable]) -> list[LearnedTable]:
    """What the file holds that a person accepted, as it is, then the new proposals. ValueError: the file has faults."""
    kept: list[LearnedTable] = []
    if path.exists():
        source, problems = read_toml(path)
        table, more = validate(source, LearnedFile) if source else (None, ())
        if problems or more or table is None:
            raise ValueError("; ".join(str(problem) for problem in (*problems, *more)))
        kept = [entry for entry in table.learned if entry.accepted]
    known = {(entry.service, entry.type, entry.phrase.lower()) for entry in kept}
    return kept + [entry for entry in proposed if (entry.service, entry.type, entry.phrase) not in known]


def text_of(entries: Sequence[LearnedTable]) -> str:
    """learned.toml: a comment for the admin, then an entry a table."""
    return "\n".join([_HEAD, *(_entry(entry) for entry in entries)])


def _entry(entry: LearnedTable) -> str:
    kind = "service" if entry.service else "type"
    lines = {
        kind: _toml(entry.service or entry.type),
        "phrase": _toml(entry.phrase),
        "weight": f"{entry.weight:g}",
        "mails": str(entry.mails),
        "against": str(entry.against),
        "source": "[" + ", ".join(_toml(one) for one in entry.source) + "]",
        "accepted": "true" if entry.accepted else "false",
    }
    return "[[learned]]\n" + "".join(f"{name:8} = {value}\n" for name, value in lines.items())


def _toml(text: str | None) -> str:
    return json.dumps(text or "", ensure_ascii=False)  # JSON's strings are TOML's basic strings


def _labels(service: str | None, type_: str | None) -> list[Label]:
    return [label for label in (("service", service), ("type", type_)) if label[1]]  # type: ignore[misc]


def _command(correction: Correction) -> str:
    return "#alih" if correction.service else "#jenis"
