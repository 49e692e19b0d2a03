"""parse on mail that was made to hurt: bounded in time and memory, and what is cut off is named.

The sizes are a tenth of what `inspect` promises to bear (50 MB in 10 s and 1 GB), so that a slow machine passes too.
"""

import base64
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from router.mail import limits
from router.mail.parse import parse

HEAD = b"From: a@b.example\nSubject: x\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
MB = 1_000_000
SECONDS = 3


def nested(depth: int) -> bytes:
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth))
    return HEAD + levels + b"\nhello\n"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "boundaries": lambda: MIXED + b"--b\n\nx\n" * 100_000 + b"--b--\n",
    "false boundaries": lambda: MIXED + b"--bx\n" * MB,
    "dashes": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=-\n\n" + b"-" * 5 * MB,
    "nesting": lambda: nested(2_200),
    "deeper nesting": lambda: nested(20_000),
    "nesting with one boundary": lambda: MIXED + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 200_000,
    "nesting around much text": lambda: nested(400) + b"y\n" * 2 * MB,
    "headers of parts": lambda: MIXED + (b"--b\n" + b"a:\n" * 800) * 2_000,
    "one long line": lambda: HEAD + b"\n" + b"a" * 5 * MB,
    "one long field": lambda: HEAD + b"X: " + b"a" * 5 * MB + b"\n\nbody",
    "many fields": lambda: HEAD + b"X: y\n" * 500_000 + b"\nbody",
    "many names": lambda: HEAD + b"".join(b"X-%d: y\n" % i for i in range(200_000)) + b"\nbody",
    "endless folding": lambda: HEAD + b"X: y\n" + b" z\n" * 2 * MB + b"\nbody",
    "line feeds": lambda: HEAD + b"\n" * 5 * MB,
    "carriage returns": lambda: b"\r" * 5 * MB,
    "blanks": lambda: b" \n" * 49 + b" " * 5 * MB,
    "encoded words": lambda: b"From: a@b\nSubject: " + b" ".join([b"=?utf-8?q?a=C3=A9?="] * 100_000) + b"\n\n",
    "unclosed words": lambda: b"From: " + b"=?a?q?" * 40_000 + b"\nSubject: " + b"=?a?q?" * 40_000 + b"\n\n",
    "comments": lambda: b"From: " + b"(" * 200_000 + b"\nDate: " + b"(" * 200_000 + b"\nReferences: " + b"(" * 200_000,
    "quotes": lambda: b"From: " + b'"\\' * 100_000 + b"\nTo: " + b'<"' * 100_000 + b"\n\n",
    "angles": lambda: b"From: " + b"<" * 200_000 + b"\nTo: " + b"<a@b> " * 40_000 + b"\n\n",
    "commas": lambda: b"From: " + b"a," * 100_000 + b"<a@b>\nTo: " + b"a:;" * 80_000 + b"\n\n",
    "blanks in addresses": lambda: b"From: a" + b" " * 250_000 + b"b\nTo: <a" + b" " * 250_000 + b"@b>\n\n",
    "brackets": lambda: b"From: " + b"[a " * 80_000 + b"\nTo: " + b"=?a?q?<" * 36_000 + b"\n\n",
    "escapes": lambda: (
        b"From: " + b'"\\"' * 80_000 + b"\nTo: " + b"(\\(" * 80_000 + b"\nMessage-ID: " + b"<a" * 100_000
    ),
    "blanks in parameters": lambda: HEAD + b"Content-Type: text/plain; a" + b" " * 250_000 + b"b; c (" + b"( " * 900,
    "semicolons": lambda: HEAD + b"Content-Type: text/plain" + b"; a" * 80_000 + b"\n\n",
    "question marks": lambda: (
        b"Subject: " + b"=?a?q?x?=41" * 23_000 + b"\nFrom: " + b"=?a?q?" + b"=?" * 120_000 + b"\n\n"
    ),
    "atoms": lambda: b"From: " + b"@ " * 100_000 + b"\nTo: " + b"a. @" * 60_000 + b"\n\n",
    "parameters": lambda: HEAD + b"Content-Type: text/plain; " + b"a*1=b;" * 40_000 + b"\n\n",
    "parameter of backslashes": lambda: HEAD + b'Content-Type: text/plain; a="' + b"\\" * 250_001 + b"\n\n",
    "foreign characters in base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"A!\n" * 2 * MB,
    "equals signs": lambda: HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 2 * MB,
    "uuencoded beginnings": lambda: HEAD + b"\n" + b"begin 644 x\n" * 400_000,
    "quote marks": lambda: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"> " * 2 * MB,
    "soft breaks": lambda: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * MB,
    "tags": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<div>" * MB,
    "less-than signs": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<" * 5 * MB,
    "html parts": lambda: MIXED + (b"--b\nContent-Type: text/html\n\n" + b"<p>x</p>" * 100_000 + b"\n") * 6,
    "references in html": lambda: HEAD + b"Content-Type: text/html\n\n" + b"cid:a src= " * 400_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_bounded(name: str) -> None:
    raw = HOSTILE[name]()
    start = time.process_time()
    message = parse(raw)
    assert time.process_time() - start < SECONDS
    assert message.size == len(raw)
    assert len(message.defects) <= limits.DEFECTS


@pytest.mark.parametrize(
    ("name", "defect"),
    [
        ("boundaries", "too many parts; the rest was cut off"),
        ("nesting", f"parts are nested more than {limits.NESTING} deep; the rest was cut off"),
        ("deeper nesting", "too much nesting to look through; the rest was cut off"),
        ("one long field", "a header field is too long and was cut off"),
        ("many fields", "the header is too long and was cut off"),
        ("tags", "the HTML is too long and was cut off"),
    ],
)
def test_what_is_cut_off_is_named(name: str, defect: str) -> None:
    assert defect in parse(HOSTILE[name]()).defects


@pytest.mark.parametrize("name", ["one long field", "many fields", "many names", "endless folding"])
def test_the_body_is_found_below_a_header_that_is_cut(name: str) -> None:
    assert parse(HOSTILE[name]()).text == "body"


def test_ten_thousand_attachments_are_all_there() -> None:
    part = b"--b\nContent-Type: image/png; name=%d.png\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    message = parse(MIXED + b"".join(part % i for i in range(10_000)) + b"--b--\n")
    assert [a.filename for a in message.attachments] == [f"{i}.png" for i in range(10_000)]
    assert message.defects == ()


def test_a_large_attachment_costs_little_more_than_its_bytes(tmp_path: Path) -> None:
    content = base64.encodebytes(bytes(range(256)) * 60_000)
    raw = (
        MIXED
        + b"--b\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n"
        + content
        + b"--b--\n"
    )
    (tmp_path / "large.eml").write_bytes(raw)
    code = (
        "import pathlib, resource, sys; from router.mail.parse import parse; "
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; "
        "m = parse(pathlib.Path(sys.argv[1]).read_bytes()); "
        "print(m.attachments[0].size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "large.eml")],
        capture_output=True, check=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    size, grown = map(int, run.stdout.split())
    unit = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
    assert size == 256 * 60_000
    assert grown * unit < 2.5 * len(raw)
