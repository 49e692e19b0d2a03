"""Faults: what can go wrong between us and a mail server, in the kinds that a caller treats differently.

`Unreachable` passes by itself: close, wait, connect again. `Refused` needs a person: the configuration, the account or
the certificate is wrong, so it is tried again slowly and the operators hear of it. `Withheld` is about single messages.
The text of a fault is for admins: where, who, the server's own words, what to do. It never holds a secret.
"""

from __future__ import annotations

import imaplib
import socket
import ssl

MAX_WORDS = 400  # characters of a server's words that we keep
# What an IMAP server writes when it refuses for now: RFC 5530 codes, then the words of Gmail, Exchange and Dovecot.
_PASSING = (
    "[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "TEMPORAR", "TOO MANY", "TRY AGAIN", "INTERNAL ERROR", "TIMED OUT",
)  # fmt: skip


class Fault(Exception):  # noqa: N818  (the project says fault)
    """What all kinds share: `reason`, one line in Indonesian."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Fault):
    """Passing: no connection, a time-out, a broken line, a server that is busy or going down."""


class Refused(Fault):
    """Lasting until a person changes something: credentials, folder, certificate, security mode."""


class Withheld(Fault):
    """The server has these messages but doesn't hand them over; the connection is sound. `uids` are they."""

    def __init__(self, reason: str, uids: tuple[int, ...]) -> None:
        super().__init__(reason)
        self.uids = uids


def words(text: object) -> str:
    """What a server said, fit for a log, JSON and a table: one line, printable, at most `MAX_WORDS` characters."""
    raw = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    line = " ".join("".join(c if c.isprintable() else " " for c in raw[: 4 * MAX_WORDS]).split())
    return line if len(line) <= MAX_WORDS else line[: MAX_WORDS - 1] + "…"


def of_network(error: BaseException, where: str, seconds: float) -> Fault:
    """The fault behind an OSError (TLS and time-outs included); `where` says which server and user, `seconds` the time-out."""
    said = words(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(
            f"{where}: sertifikat TLS server tidak dipercaya ({words(error.verify_message)}); "
            "isi ca_file dengan sertifikat CA-nya, atau betulkan host agar sama dengan nama di sertifikat"
        )
    if isinstance(error, ssl.SSLError):
        return Unreachable(
            f"{where}: TLS gagal ({said}); kalau terus begini, periksa apakah port dan security (tls/starttls/plain) cocok"
        )
    if isinstance(error, TimeoutError):
        return Unreachable(f"{where}: tidak ada jawaban dalam {seconds:g} detik; akan dicoba lagi")
    if isinstance(error, socket.gaierror):
        return Unreachable(f"{where}: nama host tidak ditemukan ({said}); periksa ejaan host dan DNS, akan dicoba lagi")
    if isinstance(error, ConnectionRefusedError):
        return Unreachable(f"{where}: koneksi ditolak; periksa apakah server hidup dan port benar, akan dicoba lagi")
    return Unreachable(f"{where}: koneksi terputus ({said}); akan dicoba lagi")


def passes(error: BaseException) -> bool:
    """Does an IMAP server's NO say that it will pass by itself?"""
    said = str(error).upper()
    return any(word in said for word in _PASSING)


def of_imap(error: BaseException, where: str, seconds: float) -> Fault:
    """The fault behind anything that imaplib or imapclient raises; as `of_network` for what comes from the socket."""
    if isinstance(error, OSError):
        return of_network(error, where, seconds)
    if isinstance(error, imaplib.IMAP4.abort):
        return Unreachable(f"{where}: koneksi diputus server ({words(error)}); akan dicoba lagi")
    if isinstance(error, imaplib.IMAP4.error):
        return Unreachable(f"{where}: ditolak server ({words(error)}); akan dicoba lagi")
    return Unreachable(f"{where}: jawaban server tidak terbaca ({words(repr(error))}); akan dicoba lagi")
