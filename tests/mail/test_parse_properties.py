"""What holds for every message, whatever its bytes: generated mail, and real mail cut and bent."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.mail.message import Message
from router.mail.parse import parse

EML = sorted((Path(__file__).parent.parent / "eml").rglob("*.eml"))
PIECES = st.sampled_from(
    [
        b"From: ", b"To: ", b"Subject: ", b"Date: Tue, 3 Mar 2026 10:11:12 +0700", b"References: <", b"a@b.example",
        b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: multipart/alternative; boundary=b\n",
        b"Content-Type: text/html\n", b"Content-Type: message/rfc822\n", b"--b\n", b"--b--\n",
        b"Content-Type: text/plain; charset=utf-7; format=flowed\n", b"Content-Transfer-Encoding: x-uuencode\n",
        b"Content-Disposition: attachment; filename*0*=utf-8''", b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n", b"begin 644 x\n", b"`\nend\n", b"\n", b"\r\n", b"\r", b"\n\n",
        b"=?utf-8?q?", b"=?iso-2022-jp?b?", b"?=", b'"', b"(", b")", b"<", b">", b"@", b",", b":", b";", b"\\", b"..",
        b"/", b"\0", b"+2AA-", b"\xed\xa0\x80", b"\xff\xfe", b"\x1b$B", b"~{", b"<p>", b"cid:", b"=ED", b"> ", b"-- \n",
    ]
)  # fmt: skip


def strings(message: Message) -> Iterator[str | None]:
    yield from (message.digest, message.message_id, message.in_reply_to, *message.references, message.subject)
    yield from (message.content_type, message.text, message.new_text, message.html, *message.defects)
    for address in (message.from_, message.sender, *message.reply_to, *message.recipients):
        yield from (address.name, address.address) if address else ()
    for name, value in message.fields:
        yield from (name, value)
    for attachment in message.attachments:
        yield from (attachment.filename, attachment.content_type, attachment.content_id)


def check(raw: bytes) -> None:
    """Read `raw` and hold the result against all that `parse` promises."""
    message = parse(raw)
    assert message.digest == hashlib.sha256(raw).hexdigest()
    assert message.size == len(raw)
    for text in strings(message):
        if text is not None:
            text.encode()  # no lone surrogates
            assert "\0" not in text
            assert "\r" not in text
    assert message.subject is None or (message.subject == message.subject.strip() and "\n" not in message.subject)
    assert all("@" in address.address for address in message.recipients)
    assert message.date is None or message.date.utcoffset() is not None
    for attachment in message.attachments:
        assert attachment.size == len(attachment.content)
        assert attachment.sha256 == hashlib.sha256(attachment.content).hexdigest()
        if attachment.filename is not None:
            assert attachment.filename not in ("", ".", "..")
            assert not set(attachment.filename) & set("/\\\n")
            assert len(attachment.filename.encode()) <= 255


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    check(raw)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.binary(max_size=8), max_size=40).map(b"".join))
def test_pieces_of_mail_in_any_order(raw: bytes) -> None:
    check(raw)


@pytest.mark.parametrize("path", EML, ids=lambda path: path.stem)
def test_mail_cut_after_every_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for i in range(0, len(lines), max(1, len(lines) // 40)):
        check(b"".join(lines[:i]))
        check(b"".join(lines[i:]))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(EML), st.data())
def test_mail_with_bytes_changed(path: Path, data: st.DataObject) -> None:
    raw = bytearray(path.read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 5))] = data.draw(PIECES | st.binary(max_size=3))
    check(bytes(raw))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=80))
def test_what_the_standard_library_writes_is_read_back(text: str) -> None:
    from email.message import EmailMessage

    sent = EmailMessage()
    sent["From"] = "Jane <a@b.example>"
    sent["Subject"] = text
    sent.set_content(text)
    sent.add_attachment(b"x", maintype="image", subtype="png", filename="x.png")
    message = parse(sent.as_bytes())
    assert message.text.rstrip("\n") == text.rstrip("\n")
    assert "".join((message.subject or "").split()) == "".join(text.split())
    assert message.defects == ()
