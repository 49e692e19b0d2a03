"""`quarantine retry`: a message that was set aside goes through the stages once more."""

from __future__ import annotations

from router.app.daemon import utc_now
from router.app.intake import plan_once
from router.app.service import in_force
from router.app.settings import Settings
from router.store.database import Store


def handle_again(settings: Settings, store: Store, id: int) -> str | None:
    """Plans and commits it; what became of it in one sentence, None if nothing of that id is in quarantine."""
    aside = store.quarantine_retry(id)
    rules = in_force(settings)
    if aside is None or rules is None:
        return None
    if aside.raw is None:
        return f"{id}: its bytes were too large to be kept; move the message into the mailbox again"
    entry = plan_once(aside.raw, aside.uid, aside.mailbox, store, rules.policy, utc_now())
    refused = store.resolve_quarantine(id, entry, utc_now())
    if refused:
        return f"{id}: not committed ({refused.reason}); try again"
    return f"{id}: {entry.plan.outcome}: {entry.plan.reason}"
