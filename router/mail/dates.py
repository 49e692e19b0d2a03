"""Date fields (RFC 5322, 3.3 and 4.3) → aware datetimes in the zone that was written; None for the impossible.

What mail-parser reads strictly is taken from it; this module adds the zone, and reads the forms that it refuses.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_tz

_ZONE = re.compile(r"([+-])\s?(\d{1,9}|\d{1,2}:\d{2})$|(?<![A-Za-z])([A-Za-z]{1,5})$")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_UNIVERSAL = {
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
}  # fmt: skip
_LOCAL = {"WIB": 420, "WITA": 480, "WIT": 540}  # Indonesia's; the RFC and mail-parser don't know them
_IMPOSSIBLE = frozenset({"invalid-calendar-date", "invalid-time", "date-out-of-range"})
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def date_of(value: str, strict: datetime | None, reasons: frozenset[str]) -> datetime | None:
    """The moment that a Date field names, with its offset (UTC where the zone is missing or unknown).

    `strict` is what mail-parser made of it (in UTC, or None), `reasons` why it refused. None for a date that can't exist.
    """
    text = _without_comments(value[:300]).strip()
    found = _ZONE.search(text)
    offset = _offset(found) if found else 0
    if offset is None:
        return None
    zone = timezone(timedelta(minutes=offset))
    try:
        if strict is not None:
            local = found is not None and (found[3] or "").upper() in _LOCAL
            return strict.replace(tzinfo=zone) if local else strict.astimezone(zone)
        return None if reasons & _IMPOSSIBLE else _loose(text, zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _without_comments(value: str) -> str:
    for _ in range(20):
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    return value.partition("(")[0]


def _offset(found: re.Match[str]) -> int | None:
    """Minutes east of UTC; None if the zone can't exist."""
    if found[3]:
        name = found[3].upper()
        return _LOCAL.get(name) or _UNIVERSAL.get(name, 0)
    digits = found[2].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if len(digits) > 4 or hours > 23 or minutes > 59:
        return None
    return (hours * 60 + minutes) * (-1 if found[1] == "-" else 1)


def _loose(text: str, zone: timezone) -> datetime | None:
    """ISO 8601, and what the standard library reads: full month names, ctime's order, no zone, no weekday."""
    if _ISO.match(text):
        stamp = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d)", "", text).removesuffix(" UTC"))
        return stamp if stamp.tzinfo else stamp.replace(tzinfo=zone)
    parts = parsedate_tz(text)
    if parts is None or parts[0] < 1900:
        return None
    return datetime(
        parts[0], parts[1], parts[2], parts[3], parts[4], min(parts[5], 59) if parts[5] == 60 else parts[5], tzinfo=zone
    )
