"""Regions of a body: what the sender wrote this time, and what was there before.

What is cut, and what only weighs less. Which line is of which kind is decided by `region_reader`.
"""

from __future__ import annotations

from dataclasses import dataclass

from router.mail import signature
from router.mail.html import html_lines
from router.mail.lines import Line, of_text
from router.mail.region_reader import NEW, QUOTE, SIGNATURE, kinds_of


@dataclass(frozen=True, slots=True)
class Regions:
    """A body in parts, each as readable text and "" where there is none.

    `new` is what counts in full. `quote` holds earlier messages with their introductions, `signature` both the formal
    one and what looks like one, `disclaimer` legal notices and gateways' banners. Only `quote` and the formal part of
    `signature` are missing from `new_text`.
    """

    new: str
    quote: str
    signature: str
    disclaimer: str


def new_text(text: str, subject: str | None = None) -> str:
    """What the sender wrote this time: a plain body without quoted earlier messages and their introductions,
    signature, device line and mailing list's footer.

    Answers between quoted lines are kept, and so is a forwarded message; a `subject` helps to tell a forward from an
    answer where both look alike. "" if nothing but quotes is there. Linear in the length; never raises.
    """
    lines = of_text(text)
    return _shown(lines, kinds_of(lines, subject), NEW)


def new_text_of_html(html: str, subject: str | None = None) -> str | None:
    """The same of an HTML body, by what its markup says of quoting; None if it says nothing, so that the text decides."""
    lines = list(html_lines(html))
    if not any(line.depth or line.weak or line.mark for line in lines):
        return None
    return _shown(lines, kinds_of(lines, subject), NEW)


def split(text: str, subject: str | None = None) -> Regions:
    """The regions of a plain body, with the guesses (loose signature, disclaimers) apart as well."""
    lines = of_text(text)
    kinds = kinds_of(lines, subject)
    new, notices, name = _guesses(_shown(lines, kinds, NEW))
    formal = _shown(lines, kinds, SIGNATURE)
    sign = "\n".join(part for part in (name, formal) if part)
    return Regions(new, _shown(lines, kinds, QUOTE), sign, notices)


def _guesses(text: str) -> tuple[str, str, str]:
    """New text → (what counts in full, disclaimers, loose signature)."""
    paragraphs = text.split("\n\n")
    notices = [paragraph for paragraph in paragraphs if signature.disclaimer(paragraph)]
    rest = "\n\n".join(paragraph for paragraph in paragraphs if paragraph not in notices) if notices else text
    lines = rest.split("\n")
    at = signature.loose_signature(lines)
    return "\n".join(lines[:at]).strip("\n"), "\n\n".join(notices), "\n".join(lines[at:]).strip("\n")


def _shown(lines: list[Line], kinds: list[str], kind: str) -> str:
    """The lines of one kind, with no more than one blank line where others were cut."""
    out: list[str] = []
    cut = False
    for line, its in zip(lines, kinds, strict=True):
        if its != kind:
            cut = True
            continue
        if cut and not line.text and (not out or not out[-1].strip()):
            continue
        cut = False
        out.append(line.raw)
    return "\n".join(out).strip("\n \t\u00a0")
