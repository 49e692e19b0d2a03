"""Blobs: bytes kept once under their SHA-256, packed where that is cheap."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from router.store import schema

PACK_FROM, PACK_TO = (
    6_000,
    1_000_000,
)  # bytes: below, packing costs more than it saves; above, it keeps the lock waiting
SAMPLE = 2_048
WORTH = 0.6  # base64 shrinks to 0.76, HTML and quoted text to 0.1-0.4


def blob_row(content: bytes) -> dict[str, Any]:
    """The row of table `blob` for these bytes."""
    packed = _pack(content)
    return {
        "digest": sha256(content).hexdigest(),
        "size": len(content),
        "packing": "" if packed is None else "zlib",
        "content": content if packed is None else packed,
    }


def _pack(content: bytes) -> bytes | None:
    if not PACK_FROM <= len(content) <= PACK_TO:
        return None
    middle = len(content) // 2
    if len(zlib.compress(content[middle : middle + SAMPLE], 1)) > SAMPLE * WORTH:
        return None
    return zlib.compress(content, 1)


def unpack(packing: str, content: bytes) -> bytes:
    """The bytes as they were given."""
    return zlib.decompress(content) if packing == "zlib" else bytes(content)


def contents(connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """The bytes behind each digest; a digest that isn't there is left out."""
    b = schema.blob.c
    rows = connection.execute(select(b.digest, b.packing, b.content).where(b.digest.in_(set(digests))))
    return {digest: unpack(packing, content) for digest, packing, content in rows}
