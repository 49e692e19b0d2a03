"""Jinja2, set up for letters: sandboxed, strict about unknown words, escaping in HTML; filters; the front block."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from jinja2 import StrictUndefined
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from router.desk.contexts import Language, Span

Loader = Callable[[str], tuple[str, str, Callable[[], bool]] | None]
FRONT_KEYS = ("subject", "about", "layout")
LAYOUTS = ("customer", "agent", "letter")

_MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni",
           "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
_ZONES = {7: "WIB", 8: "WITA", 9: "WIT"}
_SPANS = {
    "id": {"minutes": "menit kerja", "hours": "jam kerja", "days": "hari kerja"},
    "en": {"minutes": "working minute", "hours": "working hour", "days": "working day"},
}
_LABELS: dict[str, dict[str, str]] = {
    "id": {
        "pertanyaan": "Pertanyaan", "permohonan": "Permohonan", "kendala": "Kendala",
        "low": "Rendah", "normal": "Normal", "high": "Tinggi", "urgent": "Mendesak",
        "internal": "Internal", "external": "Eksternal",
        "not-required": "Tidak diperlukan", "present": "Terlampir", "missing": "Belum ada",
        "new": "Baru", "triage": "Sedang dipilah", "forwarded": "Diteruskan ke unit", "in_progress": "Sedang dikerjakan",
        "waiting": "Menunggu pelanggan", "resolved": "Selesai", "closed": "Ditutup", "rejected": "Ditolak",
        "merged": "Digabung", "spam": "Spam",
    },
    "en": {
        "pertanyaan": "Question", "permohonan": "Request", "kendala": "Problem",
        "low": "Low", "normal": "Normal", "high": "High", "urgent": "Urgent",
        "internal": "Internal", "external": "External",
        "not-required": "Not required", "present": "Attached", "missing": "Missing",
        "new": "New", "triage": "Being sorted", "forwarded": "With the unit", "in_progress": "In progress",
        "waiting": "Waiting for the customer", "resolved": "Resolved", "closed": "Closed", "rejected": "Rejected",
        "merged": "Merged", "spam": "Spam",
    },
}  # fmt: skip


_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}")


@dataclass(frozen=True, slots=True)
class Front:
    """The front block of a text template: the lines between two ``---``. `lines` is where each key stands (1-based)."""

    values: Mapping[str, str]
    lines: Mapping[str, int]
    body: str  # the template after it, with as many lines before it as the block had


def front(source: str) -> Front:
    """The front block and the rest. Raises ValueError(line, message) for a block that is missing, open or malformed."""
    rows = source.split("\n")
    if rows[0].strip() != "---":
        raise ValueError(1, 'the front block is missing; the first line must be "---"')
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        if row.strip() == "---":
            # A comment as tall as the block keeps the line numbers of all faults below right.
            return Front(values, lines, "{#" + "\n" * (number - 1) + "-#}\n" + "\n".join(map(_keep_end, rows[number:])))
        key, colon, value = row.partition(":")
        if not colon:
            raise ValueError(number, f'"{row}" is no "key: value"')
        values[key.strip()] = value.strip()
        lines[key.strip()] = number
    raise ValueError(1, 'the front block has no end; a line "---" must close it')


def _keep_end(row: str) -> str:
    """A line that only holds tags vanishes with its line end (trim_blocks); one that also holds words must keep it."""
    tail = row.rstrip()
    if tail.endswith(("%}", "#}")) and _TAG.sub("", tail).strip():
        return tail + '{{ "" }}'
    return row


def environment(language: Language, loader: Loader) -> ImmutableSandboxedEnvironment:
    """The environment of one language. Templates can read what they are told, call filters, and do nothing else."""
    env = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(loader),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name) and name.endswith(".html.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    env.globals.clear()
    labels = _LABELS[language]
    env.filters["label"] = lambda word: labels.get(word, word)
    env.filters["span"] = lambda span: span_text(span, language)
    env.filters["moment"] = lambda moment: moment_text(moment, language)
    env.filters["paragraphs"] = paragraphs
    env.filters["quoted"] = quoted
    env.filters["brief"] = brief
    return env


def span_text(span: Span, language: Language) -> str:
    """Working time in words: "2 jam kerja", "2 working hours"."""
    word = _SPANS[language][span.unit]
    return f"{span.amount} {word}{'s' if language == 'en' and span.amount != 1 else ''}"


def moment_text(moment: datetime, language: Language) -> str:
    """Date and time in words, with the zone as Indonesians call it: "24 November 2026 pukul 16.13 WIB"."""
    offset = moment.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else None
    zone = "" if hours is None else _ZONES.get(int(hours), f"UTC{hours:+g}") if hours else "UTC"
    day = f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"
    clock = f" pukul {moment:%H.%M} " if language == "id" else f", {moment:%H:%M} "
    return (day + clock + zone).rstrip()


def quoted(text: str) -> str:
    """The text with "> " before each line, as plain mail quotes."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def brief(text: str, length: int = 200) -> str:
    """The text on one line, cut at a word with "…" when longer than `length`."""
    line = " ".join(text[: 40 * length].split())
    return line if len(line) <= length else line[:length].rpartition(" ")[0].rstrip(",.;: ") + " …"


# All of these read text that is escaped already: one pass over the whole, plain string work after it.
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# No mailto: links, or a customer's words could hold one that looks like the card's own and sends a command.
_LINK = re.compile(r"https?://(?:(?!&lt;|&gt;|&#3[49];)[^\s]){1,1900}")
_ITEM = re.compile(r"^(?:[-*•]|(\d{1,2})[.)]) +(?=\S)")
_INDENT = re.compile(r"^ {1,40}", re.MULTILINE)
_LAID_OUT = 200_000
_PRE = '<pre style="margin:0 0 14px;white-space:pre-wrap;font-family:inherit">'
_P = '<p style="margin:0 0 14px">'
_QUOTE = '<blockquote class="quote" style="margin:0 0 14px;padding:2px 0 2px 14px;border-left:3px solid #c9d3df;color:#4a5868">'


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: paragraphs, lists ("- ", "1. "), quotes ("> ") and web addresses; everything else escaped.

    Of a text over 200,000 characters the rest stands below as it is, because markup would make it many times longer.
    """
    text = text.replace("\r\n", "\n").strip("\n")
    rest = ""
    if len(text) > _LAID_OUT:
        cut = text.rfind("\n", 0, _LAID_OUT) + 1 or _LAID_OUT
        text, rest = text[:cut].rstrip("\n"), str(escape(text[cut:]))
    safe = str(escape(text))
    if "://" in safe:
        safe = _LINK.sub(_linked, safe)
    if "\n " in safe:
        safe = _INDENT.sub(lambda match: "&nbsp;" * len(match[0]), safe)
    blocks = [_block(block) for block in _BLANK.split(safe) if block.strip()]
    return Markup("\n".join([*blocks, f"{_PRE}{rest}</pre>"] if rest else blocks))


def _block(block: str) -> str:
    lines = block.split("\n")
    if block.startswith("&gt;") and all(line.startswith("&gt;") for line in lines):
        return _QUOTE + "<br>\n".join(line[4:].removeprefix(" ") for line in lines) + "</blockquote>"
    first = _ITEM.match(block)
    if first and all(_ITEM.match(line) for line in lines):
        tag = "ol" if first[1] else "ul"
        items = "".join(f'<li style="margin:0 0 6px">{_ITEM.sub("", line, count=1)}</li>\n' for line in lines)
        return f'<{tag} style="margin:0 0 14px;padding-left:24px">\n{items}</{tag}>'
    return _P + "<br>\n".join(lines) + "</p>"


def _linked(match: re.Match[str]) -> str:
    link = match[0].rstrip(".,;:!?)]")
    if link.count("&") > link.count("&amp;") or link.endswith("&amp"):  # cut in the middle of an escape: leave it alone
        return match[0]
    return f'<a href="{link}" style="color:#0b5cad">{link}</a>{match[0][len(link) :]}'
