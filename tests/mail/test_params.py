"""Content-Type and Content-Disposition with parameters (RFC 2045, 2231), and the names of files in them."""

import pytest

from router.mail.filename import safe_filename
from router.mail.params import media_type, parameters, token

NAMES = [
    (b"attachment; filename=a.pdf", "a.pdf"),
    (b'attachment; filename="a b.pdf"', "a b.pdf"),
    (b"attachment; filename=a b.pdf", "a b.pdf"),
    (b"attachment; FileName = a.pdf ; size=1", "a.pdf"),
    (b'attachment; filename="a;b.pdf"; size=1', "a;b.pdf"),
    (b'attachment; filename="a\\"b.pdf"', 'a"b.pdf'),
    (b'attachment; filename="C:\\temp\\a.pdf"', "C:\\temp\\a.pdf"),
    (b"attachment; filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
    (b"attachment; filename*=UTF-8'en'caf%C3%A9.pdf; filename=cafe.pdf", "café.pdf"),
    (b"attachment; filename=cafe.pdf; filename*=iso-8859-1''caf%E9.pdf", "café.pdf"),
    (b"attachment; filename*=\"utf-8''caf%C3%A9.pdf\"", "café.pdf"),
    (b"attachment; filename*=caf%C3%A9.pdf", "café.pdf"),
    (b'attachment; filename*0="long "; filename*1="name.pdf"', "long name.pdf"),
    (b'attachment; filename*1="name.pdf"; filename*0="long "', "long name.pdf"),
    (b"attachment; filename*0*=utf-8''%E6%97; filename*1*=%A5.pdf", "日.pdf"),
    (b"attachment; filename*0*=utf-8''%E6%97%A5; filename*1=\"%41.pdf\"", "日%41.pdf"),
    (b"attachment; filename*0*=us-ascii'en'This%20is; filename*1*=%20fun; filename*2=\".txt\"", "This is fun.txt"),
    (b'attachment; filename="=?utf-8?Q?caf=C3=A9.pdf?="', "café.pdf"),
    (b"attachment; filename==?utf-8?Q?caf=C3=A9.pdf?=", "café.pdf"),
    (b'attachment; filename="=?utf-8?Q?caf=C3=A9?= =?utf-8?Q?.pdf?="', "café.pdf"),
    (b'attachment; filename*0="=?utf-8?Q?caf=C3"; filename*1="=A9.pdf?="', "café.pdf"),
    ('attachment; filename="café.pdf"'.encode(), "café.pdf"),
    ('attachment; filename="café.pdf"'.encode("latin-1"), "café.pdf"),
    (b'attachment; filename="unclosed.pdf', "unclosed.pdf"),
    (b"attachment; filename=a.pdf; filename=b.pdf", "a.pdf"),
    (b"attachment;;; filename=a.pdf", "a.pdf"),
    (b"attachment; junk; filename=a.pdf", "a.pdf"),
    (b"attachment filename=a.pdf", "a.pdf"),
    (b"filename=a.pdf", "a.pdf"),
    (b" attachment filename=a b.pdf; size=1", "a b.pdf"),
    (b"attachment; filename=", ""),
    (b"attachment", None),
    (b"", None),
]


@pytest.mark.parametrize(("value", "name"), NAMES)
def test_filename_of_a_disposition(value: bytes, name: str | None) -> None:
    assert parameters(value).get("filename") == name


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (b"text/HTML; charset=x", "text/html"),
        (b" text / plain ;", "text/plain"),
        (b"text", "text/plain"),
        (b"", "text/plain"),
        (b"foo/", "text/plain"),
        (b"text/plain, text/html", "text/plain"),
        (b"application/x (comment)", "application/x"),
        (b"multipart/mixed boundary=x", "multipart/mixed"),
        (None, "text/plain"),
    ],
)
def test_media_type(value: bytes | None, kind: str) -> None:
    assert media_type(value) == kind


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (b"Base64", "base64"),
        (b" BASE64 (x)", "base64"),
        (b'"8bit"', "8bit"),
        (b"base64;", "base64"),
        (b"filename=x", ""),
        (None, ""),
    ],
)
def test_first_word(value: bytes | None, word: str) -> None:
    assert token(value) == word


def test_charset_with_a_comment() -> None:
    assert parameters(b"text/plain; charset=us-ascii (Plain text)")["charset"] == "us-ascii"


FILES = [
    ("a.pdf", "a.pdf"),
    ("../../etc/passwd", "passwd"),
    ("C:\\temp\\a.pdf", "a.pdf"),
    ("\\\\host\\share\\a.pdf", "a.pdf"),
    ("C:a.pdf", "a.pdf"),
    ("a/b\\c", "c"),
    (".", None),
    ("..", None),
    ("../..", None),
    ("", None),
    (None, None),
    ("   ", None),
    ("/", None),
    (".\0.", None),
    ("a\0b\r\nc\x7f.txt", "abc.txt"),
    ("gpj.\u202eexe", "gpj.exe"),
    (" a.txt ", "a.txt"),
    (".htaccess", ".htaccess"),
    ("日本.pdf", "日本.pdf"),
]


@pytest.mark.parametrize(("name", "safe"), FILES)
def test_safe_filename(name: str | None, safe: str | None) -> None:
    assert safe_filename(name) == safe


@pytest.mark.parametrize("letter", ["a", "é", "日", "𠮷"])
def test_long_names_are_cut_between_characters_and_keep_the_extension(letter: str) -> None:
    name = safe_filename(letter * 300 + ".tar.pdf")
    assert name is not None
    assert 250 < len(name.encode()) <= 255
    assert name.endswith(".pdf")
    assert name.startswith(letter)
    assert len((safe_filename("x." + "e" * 400) or "").encode()) <= 255
