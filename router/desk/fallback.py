"""Plain letters for the case that a template fails: short, true for every ticket, made of nothing that can fail too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_OPENINGS = {
    "acknowledgement": (
        "Pesan Anda telah kami terima dan sedang kami tangani. Untuk menambahkan keterangan, balas email ini.",
        "We have received your message and are working on it. To add anything, please reply to this email.",
    ),
    "forward": ("Ada pesan untuk unit Anda.", "There is a message for your unit."),
    "relay": ("", ""),
    "notice": ("Pemberitahuan dari meja layanan.", "A notice from the help desk."),
}
_NUMBER = ("Nomor tiket", "Ticket number")


def letter(name: str, language: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text. Whatever words the context holds (the customer's, the agent's, a reason) are in the text."""
    places = {"id": (0,), "en": (1,)}.get(language, (0, 1))
    opening = _OPENINGS.get(name.partition(".")[0], _OPENINGS["notice"])
    number, subject = _word(context, "number"), _word(context, "subject")
    parts: list[str] = []
    for place in places:
        parts.append(opening[place])
        parts.append(f"{_NUMBER[place]}: {number}" if number and not name.startswith("relay") else "")
    parts += [_word(context, key) for key in ("reason", "text", "signature")]
    parts += [str(line) for line in context.get("lines") or ()]
    return subject or number or "HERO", "\n\n".join(part for part in parts if part) + "\n"


def _word(context: Mapping[str, Any], key: str) -> str:
    value = context.get(key)
    return value.strip() if isinstance(value, str) else ""
