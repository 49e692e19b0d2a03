"""`hero-router status` for a person: one screen, problems first."""

from __future__ import annotations

from typing import Any

from router.app.daemon import dead_owners, utc_now
from router.app.output import say, table
from router.app.settings import Settings

_NOTHING_YET: dict[str, Any] = {
    "state": "never connected", "last_check_at": None, "last_message_at": None, "idle_since": None, "server_uids": None,
    "known_uids": 0, "unaccounted": None, "last_error": None,
}  # fmt: skip


def complete(found: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """What the database says, with what only the configuration knows: mailboxes that were never reached, and the mode
    while nothing runs. Daemons that can't be alive are left out."""
    dead = dead_owners(found["daemons"], utc_now())
    running = [one for one in found["daemons"] if one["owner"] not in dead]
    known = {box["name"]: box for box in found["mailboxes"]}
    configured = {box.name: {"name": box.name} | _NOTHING_YET for box in settings.mailboxes}
    mode = running[0]["mode"] if running else settings.service.mode
    return found | {"mailboxes": list((configured | known).values()), "daemons": running, "mode": mode}


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
