"""Labelled mail (JSON Lines) → messages with the labels that must come out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from router.mail.html import html_to_text
from router.mail.message import Address, Attachment, Message
from router.mail.region import split
from router.rulebook.decision import Circumstances
from router.rulebook.example import message_of

INTERNAL = "kemendag.go.id"


@dataclass(frozen=True, slots=True)
class Label:
    """What is right for a mail. `services`: each of them would be (None in it: triage)."""

    screen: str
    services: tuple[str | None, ...]
    type: str | None
    audience: str
    eligible: bool
    letter: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A mail of a corpus with what is right for it."""

    id: str
    message: Message
    circumstances: Circumstances
    label: Label
    tags: tuple[str, ...]


def read(paths: Iterable[Path], half: str | None = None) -> Iterator[Labelled]:
    """The mails of the files; of one half ("even" or "odd": by the SHA-1 of the id), or all. ValueError names a bad line."""
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                if half is None or half == half_of(entry["id"]):
                    yield labelled(entry)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}:{number}: no labelled mail: {error!r}") from error


def half_of(identity: str) -> str:
    """ "even" or "odd": which half of a corpus a mail belongs to, for all time."""
    return "odd" if int(hashlib.sha1(identity.encode()).hexdigest(), 16) % 2 else "even"


def labelled(entry: dict[str, Any]) -> Labelled:
    """One line of a corpus as values."""
    label = entry["label"]
    author = Address(entry.get("from_name", ""), entry["from_addr"])
    inside = author.domain == INTERNAL or author.domain.endswith("." + INTERNAL)
    known = Label(
        screen=label["screen"],
        services=(label["service"], *label.get("also", ())),
        type=label["type"],
        audience=label["audience"],
        eligible=label["eligible"],
        letter=label["letter"],
    )
    circumstances = Circumstances(entry["mailbox"], "internal" if inside else "external", True)
    return Labelled(entry["id"], message(entry, author), circumstances, known, tuple(entry.get("tags", ())))


def message(entry: dict[str, Any], author: Address) -> Message:
    """The mail of a corpus line, as parsing would give it."""
    text = entry.get("text") or html_to_text(entry.get("html") or "")
    fields = tuple((name, str(value)) for name, value in (entry.get("headers") or {}).items())
    attachments = tuple(
        Attachment(a["name"], a["type"], 0, hashlib.sha256(b"").hexdigest(), False, b"")
        for a in entry.get("attachments") or ()
    )
    made = message_of(text, entry.get("subject") or "")
    return replace(
        made,
        message_id=f"{entry['id']}@corpus.invalid",
        from_=author,
        new_text=split(text, entry.get("subject")).new,
        html=entry.get("html"),
        attachments=attachments,
        fields=fields,
    )
