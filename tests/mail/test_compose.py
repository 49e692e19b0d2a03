"""Composing: what goes in comes out by the stdlib's parser, whatever a stranger wrote into it."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.mail.compose import REFERENCES_KEPT, Draft, compose
from router.mail.field import clean, sendable
from router.mail.message import Address, Attachment
from router.mail.parse import parse

HERO = Address("HERO Kemendag", "hero@kemendag.go.id")
BUDI = Address("Budi Santoso", "budi@contoh.co.id")
DRAFT = Draft(
    kind="relay",
    ticket="HERO-2026-000123",
    message_id="hero.000123-2026.abc@kemendag.go.id",
    from_=HERO,
    to=(BUDI,),
    subject="[HERO-2026-000123] e-SKA tidak dapat dibuka",
    text="Yth. Bapak Budi,\n\nsudah kami perbaiki.\n",
    date=datetime(2026, 11, 24, 9, 13, 30, tzinfo=UTC),
)


def attachment(name: str | None, content: bytes, kind: str = "application/pdf", **more: object) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name, kind, len(content), digest, bool(more.get("inline")), content, more.get("cid"))  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert part.defects == []
        # A Content-Type's `name` in RFC 2047 form is an old habit, not a standard: the parser says so.
        assert all(not value.defects for name, value in part.items() if name != "Content-Type")
    return message


def lawful(raw: bytes) -> None:
    """RFC 5322, 2.1.1 and 2.3, and RFC 2045, 2.7: CRLF only, no line over 998, 7-bit."""
    assert raw.isascii()
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\0" not in raw


def people(raw: bytes, field: str) -> list[tuple[str, str]]:
    """Names and addresses by the older parser: 3.11's new one keeps the space between two encoded-words of a name."""
    value = email.message_from_bytes(raw)[field]
    return [(str(make_header(decode_header(name))) if name else "", spec) for name, spec in getaddresses([value])]


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def seen(name: str) -> str:
    return "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(". ")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@settings(max_examples=150, deadline=None)
@given(subject=TEXTS, name=TEXTS, text=TEXTS, html=st.none() | TEXTS)
def test_what_goes_in_comes_out(subject: str, name: str, text: str, html: str | None) -> None:
    draft = replace(DRAFT, subject=subject, to=(Address(name, "x@y.id"), BUDI), text=text, html=html)
    raw = compose(draft)
    message = read(raw)
    lawful(raw)
    assert message["Subject"] == clean(subject)
    assert people(raw, "To") == [(clean(name), "x@y.id"), ("Budi Santoso", "budi@contoh.co.id")]
    for given_text, kind in ((text, "plain"), (html, "html")):
        if given_text is not None:
            assert body(message, kind).removesuffix("\n") == re.sub("\r\n|\r", "\n", given_text).removesuffix("\n")


@settings(max_examples=100, deadline=None)
@given(name=TEXTS.filter(lambda t: clean(t)[:255] != ""), content=st.binary(max_size=500), inline=st.booleans())
def test_files_come_out_as_they_were(name: str, content: bytes, inline: bool) -> None:
    raw = compose(replace(DRAFT, attachments=(attachment(name, content, inline=inline),)))
    lawful(raw)
    (part,) = read(raw).iter_attachments()
    assert part.get_filename() == clean(name)[:255]
    assert part.get_content() == content
    assert part.get_content_disposition() == ("inline" if inline else "attachment")


@settings(max_examples=100, deadline=None)
@given(
    subject=TEXTS,
    name=TEXTS,
    file=TEXTS.filter(lambda t: not set("/\\:") & set(t)),
    content=st.binary(max_size=99),
)
@example(subject="a\u3000b", name="0\u16800", file="c\u202fd.png", content=b"")
def test_our_own_parser_reads_it_too(subject: str, name: str, file: str, content: bytes) -> None:
    sent = attachment(file, content)
    message = parse(compose(replace(DRAFT, subject=subject, to=(Address(name, "x@y.id"),), attachments=(sent,))))
    assert message.defects == ()
    assert message.subject == clean(subject)
    assert message.to == (Address(clean(name), "x@y.id"),)
    (part,) = message.attachments
    assert (part.sha256, part.content_type) == (sent.sha256, sent.content_type)
    if len(clean(file).encode()) <= 255:  # the parser trims dots and drops what cannot be seen
        assert seen(part.filename or "") == seen(clean(file))


@settings(max_examples=100, deadline=None)
@given(original=st.binary(max_size=400).map(lambda b: b"From: a@b.id\r\nSubject: x\r\n\r\n" + b))
def test_the_original_keeps_every_byte(original: bytes) -> None:
    raw = compose(replace(DRAFT, original=original))
    lawful(raw)
    (part,) = read(raw).iter_attachments()
    assert part.get_filename() == "pesan-asli.eml"
    if part.get_content_type() == "message/rfc822":
        assert original in raw
    else:
        assert part.get_content() == original


@pytest.mark.parametrize(
    "lines", ["\r\nBcc: evil@x.id", "\nX-Hero-Kind: relay", "\r\r\n\r\nbody", "\x0b\x85\u2028To: x@y.z", "\0"]
)
def test_no_field_can_be_smuggled_in(lines: str) -> None:
    raw = compose(
        replace(
            DRAFT,
            subject="a" + lines,
            from_=Address("b" + lines, HERO.address),
            ticket="c" + lines,
            kind="d" + lines,
            attachments=(attachment("e" + lines, b"x", "text/plain" + lines, cid="f" + lines),),
            in_reply_to="g" + lines,
            references=("h" + lines,),
            extra=(("X-Note", "i" + lines),),
        )
    )
    lawful(raw)
    names = [name.lower() for name in read(raw)]
    assert names == ["from", "to", "subject", "date", "message-id", "x-hero-ticket", "x-hero-kind", "x-note",
                     "mime-version", "content-type"]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"to": (Address("", "a@b.id>\r\nRCPT TO:<evil@z"),)},
        {"to": (Address("", "a@b.id, c@d.id"),)},
        {"cc": (Address("", "jös@contoh.id"),)},
        {"message_id": "a b@c"},
        {"date": datetime(2026, 1, 1)},
        {"extra": (("Bcc", "x@y.id"),)},
        {"extra": (("X: y\r\nZ", "x"),)},
    ],
)
def test_what_no_mail_can_hold_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"not a|time zone"):
        compose(replace(DRAFT, **change))  # type: ignore[arg-type]


def test_sendable_addresses() -> None:
    good = ["a@b.id", '"a b"@c.id', "x+y=z@bücher.example", "a@[192.0.2.1]"]
    bad = ["", "a", "@b.id", "a@", "a b@c.id", "a@b.id\n", "<a@b.id>", "é@b.id", "a@b..id\r\n"]
    assert [sendable(a) for a in good] == [True] * len(good)
    assert [sendable(a) for a in bad] == [False] * len(bad)
    assert "x+y=z@xn--bcher-kva.example" in compose(replace(DRAFT, to=(Address("", good[2]),))).decode()


def test_automatic_mail_says_so_and_a_relay_does_not() -> None:
    relay = read(compose(DRAFT))
    notice = read(compose(replace(DRAFT, kind="notice", auto_submitted=True)))
    reminder = read(compose(replace(DRAFT, kind="reminder", auto_submitted=True)))
    assert (relay["Auto-Submitted"], relay["X-Auto-Response-Suppress"]) == (None, None)
    assert (notice["Auto-Submitted"], notice["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert reminder["Auto-Submitted"] == "auto-generated"
    assert (notice["X-Hero-Ticket"], notice["X-Hero-Kind"]) == ("HERO-2026-000123", "notice")


def test_a_long_thread_keeps_its_root_and_its_end() -> None:
    ids = tuple(f"m{i}@contoh.co.id" for i in range(500))
    message = read(compose(replace(DRAFT, references=ids, in_reply_to=ids[-1])))
    kept = message["References"].split()
    assert len(kept) == REFERENCES_KEPT
    assert (kept[0], kept[1], kept[-1]) == ("<m0@contoh.co.id>", "<m481@contoh.co.id>", "<m499@contoh.co.id>")
    assert message["In-Reply-To"] == "<m499@contoh.co.id>"


def test_the_number_stays_readable_before_encoded_words() -> None:
    raw = compose(replace(DRAFT, subject="[HERO-2026-000123] Ralat – data 進出口 " + "ü" * 200))
    assert b"\r\nSubject: [HERO-2026-000123] Ralat =?utf-8?" in raw
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 76
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+?\?=", head))


def test_pictures_shown_in_the_html_are_related_to_it() -> None:
    shown = attachment("logo.png", b"\x89PNG", "image/png", inline=True, cid="logo@x")
    other = attachment("lain.png", b"\x89PNG2", "image/png", inline=True, cid="lain@x")
    message = read(compose(replace(DRAFT, html='<img src="cid:logo@x">', attachments=(shown, other))))
    assert [p.get_content_type() for p in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "image/png",
    ]  # fmt: skip
    assert [p["Content-ID"] for p in message.walk() if p["Content-ID"]] == ["<logo@x>", "<lain@x>"]


def test_an_eight_bit_original_travels_as_a_file() -> None:
    clean_one = read(compose(replace(DRAFT, original=b"Subject: x\r\n\r\nhalo\r\n")))
    eight_bit = read(compose(replace(DRAFT, original="Subject: é\r\n\r\nhalo\r\n".encode())))
    long_line = read(compose(replace(DRAFT, original=b"Subject: x\r\n\r\n" + b"a" * 999)))
    kinds = [next(m.iter_attachments()).get_content_type() for m in (clean_one, eight_bit, long_line)]
    assert kinds == ["message/rfc822", "application/octet-stream", "application/octet-stream"]


def test_a_boundary_stands_in_no_part() -> None:
    mark = re.search(rb'boundary="(.+?)"', compose(replace(DRAFT, html="<p>x</p>")))
    assert mark is not None
    raw = compose(replace(DRAFT, text=f"--{mark[1].decode()}\n", html="<p>x</p>"))
    assert body(read(raw), "plain") == f"--{mark[1].decode()}\n"
    assert raw == compose(replace(DRAFT, text=f"--{mark[1].decode()}\n", html="<p>x</p>"))


def best(draft: Draft, rounds: int) -> float:
    """The quickest of some rounds in ms: what the code costs when nobody else has the processor."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        compose(draft)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def test_composing_is_quick() -> None:
    text = "Yth. Bapak Budi Santoso, laporan Anda – kami terima.\n" * 30
    small = replace(DRAFT, text=text, html="<p style='margin:0'>" + text + "</p>")
    assert best(small, 50) <= 0.4
    assert best(replace(small, attachments=(attachment("a.pdf", bytes(range(256)) * 1200),)), 20) <= 2.0
