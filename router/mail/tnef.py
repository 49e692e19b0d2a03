"""TNEF (MS-OXTNEF, `winmail.dat`) → the files and the text inside. Bounded; anything unreadable is None, never an exception.

Read here and not by a library: the one there is follows counts of up to 2^32 that a stranger writes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from router.mail import limits
from router.mail.charset import decode

_SIGNATURE = 0x223E9F78
_BODY, _ATTACH_DATA, _ATTACH_TITLE, _ATTACH_START, _ATTACH_PROPS = 0x800C, 0x800F, 0x8010, 0x9002, 0x9005
_MESSAGE_PROPS, _CODEPAGE = 0x9003, 0x9007
_P_BODY, _P_HTML, _P_DATA, _P_MIME, _P_ID = 0x1000, 0x1013, 0x3701, 0x370E, 0x3712
_P_NAME, _P_LONG_NAME, _P_DISPLAY_NAME = 0x3704, 0x3707, 0x3001
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = (0x0D, 0x1E, 0x1F, 0x102)


@dataclass(frozen=True, slots=True)
class TnefFile:
    """A file inside the stream."""

    name: str
    content_type: str
    content: bytes
    content_id: str | None


@dataclass(frozen=True, slots=True)
class Contents:
    """What a TNEF stream holds; `text` and `html` are "" and None where it has none."""

    files: tuple[TnefFile, ...]
    text: str | None
    html: str | None


@dataclass(slots=True)
class _File:
    title: bytes = b""
    data: bytes = b""
    props: dict[int, str | bytes] | None = None


def read_tnef(data: bytes) -> Contents | None:
    """The contents of a TNEF stream; None if it is none or broken."""
    if len(data) < 6 or len(data) > limits.TNEF_BYTES or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    codepage: str | None = None
    body = b""
    props: dict[int, str | bytes] = {}
    files: list[_File] = []
    try:
        for name, value in _objects(data):
            if name == _CODEPAGE and len(value) >= 4:
                codepage = f"cp{struct.unpack_from('<I', value)[0]}"
            elif name == _BODY:
                body = value
            elif name == _MESSAGE_PROPS:
                props = _properties(value)
            elif name == _ATTACH_START:
                files.append(_File())
            elif files:
                _add(files[-1], name, value)
    except (struct.error, ValueError):
        return None
    found = tuple(_finished(file, codepage) for file in files if file.data or (file.props and _P_DATA in file.props))
    text = _string(props.get(_P_BODY), codepage) or _string(body, codepage) or None
    html = props.get(_P_HTML)
    page = html if isinstance(html, str) else decode(html, html=True)[0] if html else None
    return Contents(found, _lines(text), _lines(page))


def _lines(text: str | None) -> str | None:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") if text else None


def _objects(data: bytes) -> list[tuple[int, bytes]]:
    """The attributes of the stream: level, id, length, data, checksum; what no attribute begins with ends it.

    Raises ValueError when one goes beyond the end.
    """
    objects: list[tuple[int, bytes]] = []
    offset = 6
    while offset + 11 <= len(data):
        level, name, _, size = struct.unpack_from("<BHHI", data, offset)
        if level not in (1, 2):
            break
        if offset + 9 + size > len(data) or len(objects) > limits.TNEF_OBJECTS:
            raise ValueError("a TNEF object goes beyond the end")
        objects.append((name, data[offset + 9 : offset + 9 + size]))
        offset += 11 + size
    return objects


def _add(file: _File, name: int, value: bytes) -> None:
    if name == _ATTACH_TITLE:
        file.title = value
    elif name == _ATTACH_DATA:
        file.data = value
    elif name == _ATTACH_PROPS:
        file.props = _properties(value)


def _properties(data: bytes) -> dict[int, str | bytes]:
    """The string and binary MAPI properties, by id; what follows a broken one is left out."""
    found: dict[int, str | bytes] = {}
    offset = 4
    while offset + 4 <= len(data) and len(found) < limits.TNEF_OBJECTS:
        kind, name = struct.unpack_from("<HH", data, offset)
        offset = _after_name(data, offset + 4, name)
        multiple = bool(kind & 0x1000)
        kind &= 0x0FFF
        count = 1
        if multiple or kind in _VARIABLE:
            count = struct.unpack_from("<I", data, offset)[0]
            offset += 4
        if kind in _FIXED:
            offset += _FIXED[kind] * count
            continue
        if kind not in _VARIABLE:
            break
        for _ in range(min(count, limits.TNEF_OBJECTS)):
            size = struct.unpack_from("<I", data, offset)[0]
            value = data[offset + 4 : offset + 4 + size]
            offset += 4 + (size + 3) // 4 * 4
            if kind == 0x0D:
                value = value[16:]  # behind the interface id of an object
            found.setdefault(name, value.decode("utf-16-le", "replace").rstrip("\0") if kind == 0x1F else value)
            if offset >= len(data):
                break
    return found


def _after_name(data: bytes, offset: int, name: int) -> int:
    """The offset after a named property's GUID and name."""
    if name < 0x8000:
        return offset
    named = struct.unpack_from("<I", data, offset + 16)[0]
    if named == 0:
        return offset + 24
    size = struct.unpack_from("<I", data, offset + 20)[0]
    return int(offset + 24 + (size + 3) // 4 * 4)


def _finished(file: _File, codepage: str | None) -> TnefFile:
    props = file.props or {}
    content = file.data
    if not content:
        held = props.get(_P_DATA, b"")
        content = held if isinstance(held, bytes) else held.encode()
    names = [_string(props.get(key), codepage) for key in (_P_LONG_NAME, _P_NAME)]
    name = (
        next(filter(None, names), "") or _string(file.title, codepage) or _string(props.get(_P_DISPLAY_NAME), codepage)
    )
    kind = _string(props.get(_P_MIME), codepage).lower()
    return TnefFile(
        name, kind if "/" in kind else "application/octet-stream", content, _string(props.get(_P_ID), codepage) or None
    )


def _string(value: str | bytes | None, codepage: str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return decode(value.rstrip(b"\0"), codepage)[0]
