"""TLS: the context with which we talk to both kinds of server. Certificates and names are always checked."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from router.wire.faults import Refused, words


def context(ca_file: Path | None) -> ssl.SSLContext:
    """A client's context. `ca_file` (PEM) is trusted beside the system's CAs, for a house with a CA of its own.

    Raises Refused when the file can't be read or holds no certificate.
    """
    try:
        return _context(ca_file, ca_file.stat().st_mtime_ns if ca_file else 0)
    except OSError as error:
        raise Refused(
            f"ca_file {ca_file}: bukan sertifikat yang terbaca ({words(error)}); isi dengan berkas PEM"
        ) from error


@lru_cache(maxsize=8)
def _context(ca_file: Path | None, changed: int) -> ssl.SSLContext:
    """Reading the system's CAs takes some 20 ms; `changed` makes a renewed file count."""
    made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    if ca_file is not None:
        made.load_verify_locations(cafile=ca_file)
    return made
