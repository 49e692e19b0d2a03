"""Header fields on their way out: values → folded, 7-bit field bodies (RFC 5322, 2047, 2231, 6532 avoided).

Whatever a stranger put into a name or a subject stays inside its field: controls become spaces before anything is folded.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from router.mail.message import Address

LINE = 76  # RFC 2047, 2: the longest line that holds an encoded-word; we keep to it wherever a value can be broken
HARD_LINE = 998  # RFC 5322, 2.1.1
WORD = 75  # RFC 2047, 2: the longest encoded-word

# C0, DEL, C1, all white space, line and paragraph separators, lone surrogates, and the marks that turn the reading direction:
# the first would break fields, the last let a display name show another address than it has.
_UNFIT = re.compile(r"[\s\x00-\x20\x7f-\xa0\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ADDR_SPEC = re.compile(
    r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}|\"(?:[\x20!#-\[\]-~]|\\[\x20-~]){0,62}\")"
    r"@(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Za-z:.]{1,60}\])"
)
_MSG_ID = re.compile(r"[!-;=?-~]{1,900}")
# RFC 2047, 5 (3): what may stand bare in a Q word of a display name; good everywhere else too.
_Q_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple(chr(b) if b in _Q_BARE else "_" if b == 0x20 else f"={b:02X}" for b in range(256))


def clean(text: str) -> str:
    """The text on a single line: controls, line ends, direction marks and runs of spaces become one space each."""
    return _UNFIT.sub(" ", text).strip()


def sendable(address: str) -> bool:
    """Whether an addr-spec can stand in a field and an SMTP command without SMTPUTF8 (RFC 5321, 4.1.2)."""
    return _ADDR_SPEC.fullmatch(_ascii_domain(address)) is not None


def addr_spec(address: str) -> str:
    """The addr-spec with an international domain as RFC 5890 writes it. Raises ValueError if it isn't `sendable`."""
    written = _ascii_domain(address)
    if _ADDR_SPEC.fullmatch(written) is None:
        raise ValueError(f"not an address that mail can be sent to: {address!r}")
    return written


def _ascii_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return local + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return address


def encoded_words(text: str, room: int) -> list[str]:
    """RFC 2047 encoded-words of the text, UTF-8, no character cut; the first at most `room` long, the others 75.

    Q where it is the shorter form (mostly Latin text stays readable in raw), else B.
    """
    data = text.encode("utf-8")
    quoted = sum(len(_Q[byte]) for byte in data)
    as_q = quoted <= (len(data) + 2) // 3 * 4
    words: list[str] = []
    limit = max(room, 24)
    piece, used = "", 0
    for char in text:
        raw = char.encode("utf-8")
        cost = sum(len(_Q[byte]) for byte in raw) if as_q else len(raw)
        payload = limit - 12 if as_q else (limit - 12) // 4 * 3
        if piece and used + cost > payload:
            words.append(_word(piece, as_q))
            piece, used, limit = "", 0, WORD
        piece += char
        used += cost
    return [*words, _word(piece, as_q)]


def _word(piece: str, as_q: bool) -> str:
    data = piece.encode("utf-8")
    if as_q:
        return "=?utf-8?q?" + "".join(_Q[byte] for byte in data) + "?="
    return "=?utf-8?b?" + base64.b64encode(data).decode("ascii") + "?="


def fold(name: str, tokens: Iterable[str]) -> str:
    """One field: the tokens joined by single spaces, broken before a token where the line would pass 76."""
    lines: list[str] = []
    line = name + ":"
    for token in tokens:
        if len(line) + 1 + len(token) > LINE and line.strip() and line != name + ":":
            lines.append(line)
            line = ""
        line += " " + token
    return "\r\n".join([*lines, line]) + "\r\n"


def unstructured(name: str, value: str) -> str:
    """A field such as Subject. ASCII words at the front stay as they are, so that filters see a ticket number there."""
    words = clean(value).split(" ")
    plain = next((i for i, word in enumerate(words) if not _plain(word)), len(words))
    tokens = words[:plain]
    if plain < len(words):
        room = LINE - len(fold(name, tokens).rsplit("\r\n", 2)[-2]) - 1
        tokens = tokens + encoded_words(" ".join(words[plain:]), room if room >= 40 else WORD)
    return fold(name, tokens)


def _plain(word: str) -> bool:
    return word.isascii() and "=?" not in word and len(word) <= HARD_LINE - 40


def mailbox(address: Address) -> list[str]:
    """The tokens of one mailbox: display name (bare, quoted or encoded) and addr-spec. Raises ValueError as `addr_spec`."""
    spec = addr_spec(address.address)
    name = clean(address.name)
    if not name:
        return [spec]
    if not name.isascii() or "=?" in name or len(name) > 60:
        return [*encoded_words(name, 60), f"<{spec}>"]
    if _ATOMS.fullmatch(name):
        return [name, f"<{spec}>"]
    return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"', f"<{spec}>"]


def addresses(name: str, values: Sequence[Address]) -> str:
    """A field of mailboxes such as To. Raises ValueError as `addr_spec`."""
    tokens: list[str] = []
    for position, address in enumerate(values):
        written = mailbox(address)
        written[-1] += "," if position < len(values) - 1 else ""
        tokens += written
    return fold(name, tokens)


def is_msg_id(value: str) -> bool:
    """Whether a bare msg-id can be written into a field (printable ASCII without angle brackets and spaces)."""
    return _MSG_ID.fullmatch(value) is not None


def msg_ids(name: str, values: Iterable[str]) -> str:
    """A field of msg-ids, given bare."""
    return fold(name, [f"<{value}>" for value in values])


def filename_parameters(filename: str) -> tuple[str, str]:
    """What follows Content-Type and Content-Disposition for a file name, each beginning with ";".

    An ASCII name is a quoted string. Any other one is RFC 2231 in the disposition, which Gmail, Outlook, Thunderbird and
    Apple's mail read, and RFC 2047 in the old `name` parameter for programs that know nothing newer: never a second
    `filename`, because readers differ on which of two they take.
    """
    if filename.isascii() and "=?" not in filename:
        quoted = '"' + filename.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f";\r\n name={quoted}", f";\r\n filename={quoted}"
    old = "\r\n ".join(encoded_words(filename, 60))
    return f';\r\n name="{old}"', _rfc2231("filename", filename)


def _rfc2231(name: str, value: str) -> str:
    """A parameter in UTF-8; a long one in sections that cut no character, because some readers decode each by itself."""
    pieces = [""]
    for char in value:
        coded = quote(char, safe="!#$&+-.^_`{}~", encoding="utf-8")
        if len(pieces[-1]) + len(coded) > 48:
            pieces.append("")
        pieces[-1] += coded
    if len(pieces) == 1:
        return f";\r\n {name}*=utf-8''{pieces[0]}"
    first, *rest = pieces
    lines = [f" {name}*0*=utf-8''{first}", *(f" {name}*{i}*={piece}" for i, piece in enumerate(rest, 1))]
    return ";\r\n" + ";\r\n".join(lines)
