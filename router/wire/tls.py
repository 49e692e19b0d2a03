"""TLS: the context with which we talk to both kinds of server. Certificates and names are always checked."""

from __future__ import annotations

import ssl
from pathlib import Path

from router.wire.faults import Refused, words


def context(ca_file: Path | None) -> ssl.SSLContext:
    """A client's context. `ca_file` (PEM) is trusted beside the system's CAs, for a house with a CA of its own.

    Raises Refused when the file can't be read or holds no certificate.
    """
    made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    if ca_file is not None:
        try:
            made.load_verify_locations(cafile=ca_file)
        except OSError as error:
            raise Refused(
                f"ca_file {ca_file}: tidak terbaca sebagai sertifikat ({words(error)}); isi dengan berkas PEM"
            ) from error
    return made
