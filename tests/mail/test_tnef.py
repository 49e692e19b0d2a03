"""TNEF streams (winmail.dat): what is inside, and that nothing in them hurts."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.mail.parse import parse
from router.mail.tnef import read_tnef


def item(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text_property(name: int, value: str) -> bytes:
    data = (value + "\0").encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, name, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def object_property(name: int, value: bytes) -> bytes:
    return struct.pack("<HHII", 0x0D, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)


def properties(*items: bytes) -> bytes:
    return struct.pack("<I", len(items)) + b"".join(items)


SHORT = struct.pack("<HHI", 0x0B, 0x0E1F, 1)
NAMED = struct.pack("<HH16sII", 0x1E, 0x8001, b"g" * 16, 0, 7) + struct.pack("<II", 1, 4) + b"abc\0"
STREAM = (
    struct.pack("<IH", 0x223E9F78, 1)
    + item(1, 0x9006, struct.pack("<I", 0x10000))
    + item(1, 0x9007, struct.pack("<II", 1252, 0))
    + item(1, 0x9003, properties(SHORT, NAMED, text_property(0x1000, "Halo Ré\r\nbaris dua")))
    + item(2, 0x9002, b"\0" * 14)
    + item(2, 0x8010, "r\xe9sum~1.pdf\0".encode("cp1252"))
    + item(2, 0x800F, b"%PDF-1.4")
    + item(
        2,
        0x9005,
        properties(SHORT, text_property(0x3707, "../résumé akhir.pdf"), text_property(0x370E, "application/pdf")),
    )
    + item(2, 0x9002, b"\0" * 14)
    + item(2, 0x8010, b"r\xe9s.txt\0")
    + item(2, 0x9005, properties(object_property(0x3701, b"0" * 16 + b"inner")))
)


def mail(stream: bytes, *, body: bytes = b"") -> bytes:
    part = (
        b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(stream)
    )
    text = b"--b\nContent-Type: text/plain\n\n" + body + b"\n" if body else b""
    return b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + text + b"--b\n" + part + b"--b--\n"


def test_files_and_text_inside() -> None:
    message = parse(mail(STREAM))
    assert [(a.filename, a.content_type, a.content) for a in message.attachments] == [
        ("résumé akhir.pdf", "application/pdf", b"%PDF-1.4"),
        ("rés.txt", "application/octet-stream", b"inner"),
    ]
    assert message.text == "Halo Ré\nbaris dua"


def test_the_body_of_the_mail_comes_before_the_one_inside() -> None:
    assert parse(mail(STREAM, body=b"di luar")).text == "di luar"


def test_garbage_behind_the_stream_is_borne() -> None:
    assert read_tnef(STREAM + b"\0garbage at the end") == read_tnef(STREAM)


@pytest.mark.parametrize("stream", [b"", b"garbage", STREAM[:100], STREAM[:-5], STREAM[:6]])
def test_a_stream_without_readable_files_is_kept(stream: bytes) -> None:
    attachments = parse(mail(stream, body=b"x")).attachments
    assert [(a.filename, a.content) for a in attachments] == [("winmail.dat", stream)]


@pytest.mark.parametrize("count", [b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f"])
def test_counts_that_lie_cost_nothing(count: bytes) -> None:
    lies = count + struct.pack("<HH", 0x1002, 1) + count + struct.pack("<HH", 0x1E, 2) + count + count
    assert read_tnef(STREAM[:6] + item(1, 0x9003, lies)) is not None


@given(st.integers(0, len(STREAM)), st.binary(max_size=8))
def test_any_damage_is_borne(at: int, junk: bytes) -> None:
    read_tnef(STREAM[:at] + junk + STREAM[at + len(junk) :])
