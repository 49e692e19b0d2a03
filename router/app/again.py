"""`quarantine retry`: a message that was set aside goes through the stages once more."""

from __future__ import annotations

from router.app.daemon import utc_now
from router.app.intake import fetched, plan_once
from router.desk.policy import Policy
from router.store.database import Store
from router.store.quarantine import SetAside


def handle_again(aside: SetAside, store: Store, policy: Policy) -> tuple[bool, str]:
    """Plans and commits it; whether it left quarantine, and what became of it in one sentence. Raises StoreUnavailable,
    LookupError when another process was quicker."""
    if aside.raw is None:
        return False, f"{aside.id}: its bytes were too large to be kept; move the message into the mailbox again"
    item = fetched(aside.uid, aside.raw, aside.size)
    entry = plan_once(item, aside.mailbox, store, policy, utc_now())
    if refused := store.resolve_quarantine(aside.id, entry, utc_now()):
        return False, f"{aside.id}: not committed ({refused.reason}); try again"
    return entry.plan.outcome != "quarantined", f"{aside.id}: {entry.plan.outcome}: {entry.plan.reason}"
