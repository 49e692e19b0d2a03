"""`hero-router status` for a person: one screen, problems first."""

from __future__ import annotations

from typing import Any

from router.app.output import say, table


def screen(found: dict[str, Any]) -> None:
    """Prints the object of `status` (contract) as one screen."""
    problems = [(one["since"], one["code"], one["text"]) for one in found["problems"]]
    problems += [("", "rules", text) for text in found["rules"]["problems"]]
    if problems:
        say("PROBLEMS", style="bold red")
        table(("since", "what", "found"), problems)
    daemons = found.get("daemons") or []
    running = (
        f"running (pid {daemons[0]['pid']}, last sign of life {daemons[0]['beat_at']})" if daemons else "not running"
    )
    say(f"daemon {running}; mode {found['mode']}; brake {'ON' if found['brake'] else 'off'}", style="bold")
    say(f"rules {(found['rules']['version'] or 'none')[:12]}, loaded {found['rules']['loaded_at'] or 'never'}")
    columns = (
        "name",
        "state",
        "last_check_at",
        "last_message_at",
        "server_uids",
        "known_uids",
        "unaccounted",
        "last_error",
    )
    table(("mailbox", *columns[1:]), [[box[name] for name in columns] for box in found["mailboxes"]])
    table(tuple(found["outbox"]), [tuple(found["outbox"].values())])
    if found["tickets"]:
        table(tuple(found["tickets"]), [tuple(found["tickets"].values())])
    else:
        say("no tickets yet")
