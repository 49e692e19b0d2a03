"""Store: all of the database's parts behind one name. Each part is a module of its own."""

from __future__ import annotations

from typing import Any

from router.store.engine import StoreUnavailable
from router.store.events import Events
from router.store.facts import FactsOf
from router.store.mailbox import Mailboxes
from router.store.outbox import Outbox
from router.store.quarantine import Quarantines
from router.store.query import Queries
from router.store.recorded import Recorded
from router.store.status import StatusOf
from router.store.upgrade import Schema, SchemaMismatch
from router.store.versions import RuleVersions

__all__ = ["SchemaMismatch", "Store", "StoreUnavailable"]


class Store(Schema, FactsOf, Quarantines, Events, Mailboxes, Outbox, Queries, Recorded, RuleVersions, StatusOf):
    """What is remembered: ``Store("sqlite:///var/hero.db")``.

    Any thread may use it; several processes may share the database. Methods that write are transactions of their own.
    All raise StoreUnavailable when the database can't be used now.
    """

    def status(self) -> dict[str, Any]:
        """The object of `hero-router status` (contract)."""
        return super().status() | {"outbox": self.counts()}
