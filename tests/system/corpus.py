"""A labelled mail of tests/corpus as the bytes that would come over IMAP."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CorpusMail:
    """`label` and `mailbox` as the corpus has them; `raw` is the message."""

    id: str
    mailbox: str
    label: dict[str, Any]
    raw: bytes

    @property
    def services(self) -> tuple[str | None, ...]:
        """Every service that would be right."""
        return (self.label["service"], *self.label.get("also", ()))


def read(*files: Path) -> Iterator[CorpusMail]:
    """The mails of the files, in order."""
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            entry = json.loads(line)
            yield CorpusMail(entry["id"], entry["mailbox"], entry["label"], bytes_of(entry))


def bytes_of(entry: dict[str, Any]) -> bytes:
    """One line of a corpus as RFC 5322 bytes. Its own header fields win over ours."""
    given = {name.lower(): f"{name}: {_line(value)}" for name, value in entry.get("headers", {}).items()}
    defaults = {
        "From": f'"{entry["from_name"]}" <{entry["from_addr"]}>' if entry["from_name"] else entry["from_addr"],
        "To": f"{entry['mailbox']}@kemendag.go.id",
        "Subject": entry.get("subject", ""),
        "Date": "Mon, 23 Nov 2026 09:00:00 +0700",
        "Message-ID": f"<{entry['id']}@corpus.example>",
        "MIME-Version": "1.0",
    }
    kinds = (("plain", "text"), ("html", "html"))
    texts = [_part(f"text/{kind}; charset=utf-8", entry[key]) for kind, key in kinds if key in entry]
    parts = [texts[0] if len(texts) == 1 else _multipart("multipart/alternative", "b1", texts)]
    for item in entry.get("attachments", ()):
        kind = f'{item["type"]}; name="{item["name"]}"'
        parts.append(_part(kind, f"isi {item['name']}\n", f'attachment; filename="{item["name"]}"'))
    structure = given.pop("content-type", "").partition(":")[2].strip()
    body = parts[0]
    if len(parts) > 1 or structure.startswith("multipart/"):
        body = _multipart(structure or "multipart/mixed", "b0", parts)
    head = [*given.values(), *(f"{name}: {value}" for name, value in defaults.items() if name.lower() not in given)]
    return ("\r\n".join(head) + "\r\n" + body).encode("utf-8")


def _line(value: str) -> str:
    return " ".join(value.splitlines())


def _part(kind: str, content: str, disposition: str = "") -> str:
    where = f"Content-Disposition: {disposition}\r\n" if disposition else ""
    plain = kind.startswith("message/")  # RFC 2046, 5.2: no transfer encoding but 7bit or 8bit
    coded = base64.encodebytes(content.encode()).decode().replace("\n", "\r\n")
    encoded = "\r\n".join(content.splitlines()) if plain else coded
    encoding = "8bit" if plain else "base64"
    return f"Content-Type: {kind}\r\n{where}Content-Transfer-Encoding: {encoding}\r\n\r\n{encoded}\r\n"


def _multipart(kind: str, boundary: str, parts: list[str]) -> str:
    inner = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: {kind}; boundary="{boundary}"\r\n\r\n{inner}--{boundary}--\r\n'
