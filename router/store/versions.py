"""Rule sets that were in force: what their files said, once a digest, so that a ticket's set can be shown again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from router.store import schema
from router.store.engine import Database

_v = schema.rules_version.c


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """A rule set: its digest, when it came into force for the first and the last time, its texts by path."""

    digest: str
    first_at: datetime
    last_at: datetime
    files: Mapping[str, str] = field(repr=False)


class RuleVersions(Database):
    """Rule sets by digest."""

    def keep_rules(self, digest: str, files: Mapping[str, str], now: datetime) -> None:
        """A rule set came into force. Its files are written once; then only when that was the last time."""
        again = schema.rules_version.update().where(_v.digest == digest).values(last_at=now)
        with self.write() as connection:
            if connection.execute(again).rowcount == 0:
                said = json.dumps(dict(sorted(files.items())), ensure_ascii=False).encode()
                row = {"digest": digest, "first_at": now, "last_at": now, "files": zlib.compress(said, 9)}
                connection.execute(self.insert_new(schema.rules_version), row)

    def rules_version(self, digest: str) -> RulesVersion | None:
        """The set of that digest, or of the only one that begins so; None if there is none or more than one."""
        with self.read() as connection:
            found = connection.execute(
                select(schema.rules_version).where(_v.digest.startswith(digest.lower(), autoescape=True)).limit(2)
            ).all()
        return _version(found[0]) if len(found) == 1 and digest else None

    def rules_in_force(self) -> RulesVersion | None:
        """The set of the daemon that gave the latest sign of life; if none runs, the last that was in force."""
        d = schema.daemon.c
        running = select(d.rules_version).order_by(d.beat_at.desc()).limit(1)
        with self.read() as connection:
            digest = connection.execute(running).scalar()
            query = select(schema.rules_version).order_by(_v.last_at.desc()).limit(1)
            found = connection.execute(query if digest is None else query.where(_v.digest == digest)).first()
        return None if found is None else _version(found)

    def rules_versions(self) -> list[tuple[str, datetime, datetime]]:
        """Digest, first and last time in force of each set, the latest first."""
        with self.read() as connection:
            rows = connection.execute(select(_v.digest, _v.first_at, _v.last_at).order_by(_v.last_at.desc()))
            return [(digest, first, last) for digest, first, last in rows]


def _version(row: Row[Any]) -> RulesVersion:
    return RulesVersion(row.digest, row.first_at, row.last_at, json.loads(zlib.decompress(row.files)))
