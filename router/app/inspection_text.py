"""`inspect` for a person: what the message says, what it is taken for, why, and what would follow."""

from __future__ import annotations

from typing import Any

from router.app.output import complain, say, table

_CANDIDATES = 5
_LINES = 30


def describe(one: dict[str, Any]) -> None:
    """Prints one object of `inspect`."""
    if "error" in one:
        complain(f"{one['file']}: {one['error']}")
        return
    message = one["message"]
    say(f"\n{one['file']}", style="bold")
    rows = [(name, message[name]) for name in ("from", "to", "cc", "date", "subject", "message_id", "in_reply_to")]
    table(("field", "value"), [row for row in rows if row[1]])
    lines = message["new_text"].splitlines()
    say("\n".join([*lines[:_LINES], *([f"… {len(lines) - _LINES} more lines"] if len(lines) > _LINES else [])]))
    if message["attachments"]:
        columns = ("filename", "content_type", "size", "inline")
        table(columns, [[item[name] for name in columns] for item in message["attachments"]])
    for defect in message["defects"]:
        say(f"defect: {defect}", style="yellow")
    screen = one["screen"]
    say(f"screen: {screen['verdict']}: {screen['reason']}", style="bold")
    if screen["failed_recipients"]:
        say(f"failed for good: {', '.join(screen['failed_recipients'])}")
    if one["ticket"]:
        say(f"about ticket {one['ticket']}")
    if one["decision"]:
        _decision(one["decision"])
    say("what would follow:", style="bold")
    for place, step in enumerate(one["plan"], 1):
        details = ", ".join(f"{name} {_value(value)}" for name, value in step.items() if name != "kind" and value)
        say(f"  {place}. {step['kind']}: {details}")


def _decision(decision: dict[str, Any]) -> None:
    told = f"{decision['service'] or 'triage'} {decision['type'] or ''} → unit {decision['unit']}"
    say(f"decision: {told} ({decision['confidence']}, {decision['score']:.2f})", style="bold")
    eligible = "" if decision["eligible"] else ", NOT eligible"
    stated = f", said as {decision['stated_type']}" if decision["stated_type"] != decision["type"] else ""
    say(f"  {decision['audience']}{eligible}; letter {decision['letter']}; priority {decision['priority']}{stated}")
    columns = ("weight", "words", "where", "rule", "file", "line")
    table(columns, [[reason[name] for name in columns] for reason in decision["reasons"]])
    others = ", ".join(f"{one['service']} {one['score']:.2f}" for one in decision["alternatives"][:_CANDIDATES])
    if others:
        say(f"  also possible: {others}")


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
