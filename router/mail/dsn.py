"""Delivery reports (RFC 3464) and the mail systems that have a form of their own: what they report on whom.

Screening asks whether a message is one at all; a person's mail that forwards or quotes a report is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from router.mail import dsn_text
from router.mail.message import Attachment, Message

STATUS_TYPES: Final = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "message/x-delivery-status"}
)
_FAILED_STATUS: Final = re.compile(r"\s*5\.\d{1,3}\.\d{1,3}")
_REPORT_TYPE: Final = re.compile(r"report-type\s*\*?\s*=\s*\"?\s*([\w-]+)", re.I)
_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,4}:(.{0,2000})", re.S)
_ADDRESS: Final = re.compile(r"(?:\"[^\"@<>]{1,64}\"|[^\s<>()\[\],;:\"]{1,64})@[^\s<>()\[\],;:\"@]{1,255}")
_XTEXT: Final = re.compile(r"\+(2B|3D)", re.I)
_EMBEDDED: Final = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_COMMENT: Final = re.compile(r"\([^()]{0,500}\)")
_GROUPS: Final = 2_000  # recipients of one report that are looked at


@dataclass(frozen=True, slots=True)
class Report:
    """What a delivery report says.

    `reason` names the header field or part that shows that it is one. `failed` are those for whom delivery failed for
    good: bare addr-specs in lower case, sorted, each once.
    """

    reason: str
    failed: tuple[str, ...]


def report(message: Message, own: frozenset[str] = frozenset()) -> Report | None:
    """The delivery report that a message is, or None. `own` addresses (lower case) are never among the failed."""
    reason = _standard(message) or dsn_text.recognised(message)
    if reason is None:
        return None
    failed = _failed(message)
    return Report(reason, tuple(sorted({address for address in failed if address not in own})))


def report_type(message: Message) -> str:
    """The report-type of a multipart/report (RFC 6522) in lower case, "" if it has none."""
    content_type = message.value("Content-Type") or message.content_type
    if "report" not in content_type.lower():
        return ""
    match = _REPORT_TYPE.search(content_type)
    return match.group(1).lower() if match else ""


def _standard(message: Message) -> str | None:
    kind = report_type(message)
    if kind in ("delivery-status", "global-delivery-status"):
        return f"Content-Type is multipart/report; report-type={kind}"
    content_type = (message.value("Content-Type") or message.content_type).lower().lstrip()
    status = next(_status_parts(message), None)
    if status is None:
        return None
    if content_type.startswith(("multipart/report", "message/delivery-status")) and not kind:
        return f"it holds a part {status.content_type}"
    return f"it holds a part {status.content_type}" if dsn_text.daemon(message) else None


def _status_parts(message: Message) -> Iterator[Attachment]:
    return (part for part in message.attachments if part.content_type.lower() in STATUS_TYPES)


def _failed(message: Message) -> set[str]:
    """Who is reported as failed for good: by the fields of the report, else by a header field, else by its words."""
    groups = [group for part in _status_parts(message) for group in _groups(part.content)]
    if not any("final-recipient" in group or "original-recipient" in group for group in groups):
        groups = list(_groups_in_text(message))
    recipients = [group for group in groups if "final-recipient" in group or "original-recipient" in group]
    if recipients:
        return {address for group in recipients if _for_good(group) and (address := _recipient(group))}
    named = message.values("X-Failed-Recipients")
    if named and not dsn_text.is_delay(message):
        found = {address.lower() for value in named for address in _ADDRESS.findall(value[:20_000])}
        return dsn_text.as_written(message, found)
    return dsn_text.failed(message)


def _groups_in_text(message: Message) -> Iterator[dict[str, str]]:
    """Reports whose fields stand in a part of another type, or in the text itself."""
    for part in message.attachments:
        if part.content_type.lower() in ("text/plain", "application/octet-stream") and part.size < 100_000:
            yield from _groups(part.content)
    at = message.text.find("Final-Recipient:")
    if at >= 0:
        start = message.text.rfind("\n\n", 0, at) + 1
        yield from _groups(message.text[start : at + 20_000].encode("utf-8", "replace"))


def _groups(content: bytes) -> Iterator[dict[str, str]]:
    """Groups of fields between blank lines; names in lower case, values unfolded, the first of a name counts."""
    text = content[:1_000_000].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for block in re.split(r"\n[ \t]*\n", text)[:_GROUPS]:
        group: dict[str, str] = {}
        for line in re.sub(r"\n[ \t]+", " ", block).split("\n"):
            if match := _FIELD.fullmatch(line.strip()):
                name = match.group(1).lower()
                if name == "final-recipient" and name in group:  # groups run together
                    yield group
                    group = {}
                group.setdefault(name, match.group(2).strip())
        if group:
            yield group


def _for_good(group: dict[str, str]) -> bool:
    action = _COMMENT.sub("", group.get("action", "")).strip().lower().partition(" ")[0].rstrip(";.,")
    if action in ("failed", "failure", "fail"):
        return True
    if action and action[:5] in ("delay", "deliv", "relay", "expan"):
        return False
    # OpenSMTPD says "error", others nothing: there the status decides
    return bool(_FAILED_STATUS.match(group.get("status", "")))


def _recipient(group: dict[str, str]) -> str:
    """The addr-spec as we had written it: Original-Recipient (RFC 3464, 2.3.1), else Final-Recipient."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = group.get(name, "")
        kind, semicolon, rest = value.partition(";")
        address = rest if semicolon and "@" not in kind else value
        address = _EMBEDDED.sub(lambda match: chr(min(int(match.group(1), 16), 0x10FFFF)), address)
        if name == "original-recipient":
            address = _XTEXT.sub(lambda match: chr(int(match.group(1), 16)), address)
        if found := _ADDRESS.search(address):
            return found.group().lower().strip("'.")
    return ""
