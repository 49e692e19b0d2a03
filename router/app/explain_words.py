"""The words of an explanation in Indonesian: clauses of routing rules, and what a decision's values are called."""

from __future__ import annotations

import re

from router.rulebook.decision import Decision

# In this order: what a longer pattern says must not be taken apart by a shorter one.
_CLAUSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r'^not reached: (".*") stops$', r"tidak dicapai: \1 sudah berhenti"),
        (r"^not in force on (.*)$", r"tidak berlaku pada \1"),
        (r"^always$", "selalu"),
        (r"\bnone of: ", "tidak satu pun: "),
        (r"\bno attachment is ", "tidak ada lampiran "),
        (r"\bwithin working hours\b", "pada jam kerja"),
        (r"\bafter working hours\b", "di luar jam kerja"),
        (r"\b(subject|body) has not ", r"\1 tidak memuat "),
        (r"\b(subject|body) has ", r"\1 memuat "),
        (r"\b(header [\w-]+) is missing, not ", r"\1 tidak ada, bukan "),
        (r"\b(\w+|header [\w-]+) is (.*?), not ", r"\1 adalah \2, bukan "),
        (r"\b(\w+) is ", r"\1 adalah "),
        (r"\badalah empty\b", "adalah kosong"),
        (r"\bfits\b", "cocok"),
        (r'(?<=") or (?=")', " atau "),
    )
)
PLACES = {
    "subject": "perihal",
    "body": "isi",
    "quote": "kutipan",
    "attachment": "lampiran",
    "signature": "tanda tangan",
    "aside": "disisihkan",
    "sender": "pengirim",
}
LETTERS = {"not-required": "tidak perlu surat", "present": "surat ada", "missing": "surat belum ada"}
MAILS = {"acknowledge": "tanda terima", "forward": "terusan", "relay": "balasan", "notice": "pemberitahuan"}


def clause(because: str) -> str:
    """Why a routing rule matched or not, in Indonesian; names of keys stay as they are in the file."""
    for pattern, said in _CLAUSES:
        because = pattern.sub(said, because)
    return because


def facts(decision: Decision) -> list[tuple[str, str]]:
    """(what, how it was decided) for people."""
    confidence = "pasti" if decision.confidence == "sure" else "belum pasti"
    audience = "pegawai" if decision.audience == "internal" else "dari luar"
    return [
        ("jenis", decision.type or "-"),
        ("kepastian", f"{confidence}, peluang {decision.score:.0%}"),
        ("pengirim", audience + ("" if decision.eligible else ", bukan pengguna layanan ini")),
        ("surat", LETTERS[decision.letter]),
        ("prioritas", decision.priority),
        ("unit", decision.unit),
        *([("tembusan", ", ".join(decision.copy_to))] if decision.copy_to else []),
        *([("label", ", ".join(decision.tags))] if decision.tags else []),
        *([("catatan", "; ".join(decision.notes))] if decision.notes else []),
    ]
