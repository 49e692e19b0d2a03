"""parse: header, structure, text and attachments, in literals of a few lines."""

import base64
import hashlib

import pytest

from router.mail.message import Message
from router.mail.parse import parse

PDF = (
    b"Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n"
    b"Content-Transfer-Encoding: base64\n\nAAECAw==\n"
)


def multipart(kind: str, *parts: bytes, header: bytes = b"From: a@b.example\n") -> bytes:
    inner = b"".join(b"--=_b\n" + part + b"\n" for part in parts)
    return header + f'Content-Type: multipart/{kind}; boundary="=_b"\n\n'.encode() + inner + b"--=_b--\n"


def text(content: str, kind: str = "plain") -> bytes:
    return f"Content-Type: text/{kind}; charset=utf-8\n\n{content}".encode()


def names(message: Message) -> list[tuple[str | None, str, bool]]:
    return [(a.filename, a.content_type, a.inline) for a in message.attachments]


# --- the whole and its header ---


def test_zero_bytes_are_a_message() -> None:
    message = parse(b"")
    assert (message.size, message.from_, message.subject, message.text, message.attachments) == (0, None, None, "", ())
    assert message.digest == hashlib.sha256(b"").hexdigest()
    assert message.defects == ("the message is empty",)


def test_a_sound_message_has_no_defects() -> None:
    raw = b"From: Jane <a@b.example>\r\nTo: c@d.example\r\nSubject: Hi\r\nDate: Tue, 3 Mar 2026 10:11:12 +0700\r\n"
    message = parse(raw + b"Message-ID: <1@b.example>\r\n\r\nHello\r\n")
    assert message.defects == ()
    assert message.text == "Hello\n"
    assert message.from_ is not None
    assert (message.from_.name, message.from_.address) == ("Jane", "a@b.example")
    assert [name for name, _ in message.fields] == ["From", "To", "Subject", "Date", "Message-ID"]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_any_line_ending(newline: bytes) -> None:
    raw = multipart("mixed", text("one\ntwo"), PDF, header=b"From: a@b.example\nSubject: long\n subject\n")
    message = parse(raw.replace(b"\n", newline))
    assert message.text == "one\ntwo"
    assert message.subject == "long subject"
    assert [a.content for a in message.attachments] == [b"\0\1\2\3"]
    assert message.defects == ()


def test_mixed_line_endings() -> None:
    message = parse(b"From: a@b.example\rTo: c@d.example\nSubject: x\r\n\r\none\rtwo\r\nthree\n")
    assert (message.subject, message.text) == ("x", "one\ntwo\nthree\n")
    assert [a.address for a in message.to] == ["c@d.example"]


@pytest.mark.parametrize(
    "start", [b"From a@b.example Tue Mar  3 10:11:12 2026\n", b">From a Tue\n", b"\xef\xbb\xbf", b"\n\n"]
)
def test_what_may_stand_before_the_header(start: bytes) -> None:
    message = parse(start + b"From: a@b.example\nSubject: x\n\nHello")
    assert (message.subject, message.text) == ("x", "Hello")


def test_utf_16() -> None:
    message = parse("From: a@b.example\r\nSubject: kopi ☕\r\n\r\nHalo".encode("utf-16"))
    assert (message.subject, message.text) == ("kopi ☕", "Halo")


def test_no_header_at_all() -> None:
    message = parse(b"Just some words\nand more\n")
    assert (message.from_, message.text) == (None, "Just some words\nand more\n")
    assert message.defects == ("no header",)


def test_header_without_body() -> None:
    message = parse(b"From: a@b.example\nSubject: x")
    assert (message.subject, message.text, message.defects) == ("x", "", ())


def test_missing_blank_line() -> None:
    message = parse(b"Subject: x\nnot a header\nTo: abc\n\nb\n")
    assert (message.subject, message.text) == ("x", "not a header\nTo: abc\n\nb\n")
    assert message.defects == ("no blank line between header and body",)


@pytest.mark.parametrize(
    ("line", "defect"),
    [
        (b": no name", "a header field has no name"),
        (b"From a@b.example Tue", "an envelope line stands within the header"),
    ],
)
def test_odd_lines_in_the_header(line: bytes, defect: str) -> None:
    message = parse(b"From: a@b.example\n" + line + b"\nSubject: x\n\nb")
    assert (message.subject, message.text, message.defects) == ("x", "b", (defect,))


def test_a_part_without_a_blank_line() -> None:
    message = parse(multipart("mixed", b"Content-Type: text/plain\nhello there", b"just words"))
    assert message.text == "hello there\n\njust words"
    assert message.defects == ("a part has no blank line between header and body",)


@pytest.mark.parametrize(
    "header",
    [
        b"Received: from x\nby y; some day\nFrom: a@b.example\nSubject: x\n",
        b"From: a@b.example\nSubject: x\ngarbage\nMIME-Version: 1.0\nContent-Type: text/plain\n",
        b"From: a@b.example\nSubject: x\nX-Invalid Header: oops\n",
        b"From: a@b.example\nquite Delivered-To: c@d.example\nSubject: x\n",
    ],
)
def test_a_header_goes_on_after_a_slip(header: bytes) -> None:
    message = parse(header + b"\nb\n")
    assert (message.subject, message.text) == ("x", "b\n")
    assert message.defects == ("a line in the header is no field",)


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (b"Subject: a", "a"),
        (b"subject:a", "a"),
        (b"Subject : a", "a"),
        (b"Subject:", ""),
        (b"Subject: \n", ""),
        (b"Subject: a\n b", "a b"),
        (b"Subject: a\n\tb", "a b"),
        (b"Subject:\n a", "a"),
        (b"Subject: a\n \n b", "a  b"),
        (b"Subject: =?utf-8?q?a=0A=0Db?=", "a b"),
        (b"Subject: =?utf-8?q?=C3?=\n =?utf-8?q?=A9?=", "é"),
        (b"Subject: caf\xc3\xa9", "café"),
        (b"Subject: caf\xe9", "café"),
        (b"Subject: a\0b", "ab"),
        (b"X: y", None),
    ],
)
def test_subject(line: bytes, subject: str | None) -> None:
    assert parse(b"From: a@b.example\n" + line + b"\n\n").subject == subject


def test_several_fields_of_one_name() -> None:
    message = parse(
        b"From: a@b.example\nFrom: c@d.example\nTo: e@f.example\nTo: g@h.example\nSubject: 1\nSubject: 2\n\n"
    )
    assert message.from_ is not None
    assert message.from_.address == "a@b.example"
    assert [a.address for a in message.to] == ["e@f.example", "g@h.example"]
    assert message.subject == "1"
    assert message.defects == ("several From fields", "several To fields", "several Subject fields")


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        (b"From: Jane <j@x.example>, Bob <b@x.example>", "Jane", "j@x.example"),
        (b"From: Jane", "Jane", ""),
        (b"From:", "", ""),
        (b'From: "admin@bank.example" <evil@x.example>', "admin@bank.example", "evil@x.example"),
    ],
)
def test_author(field: bytes, name: str, address: str) -> None:
    author = parse(field + b"\n\n").from_
    assert author is not None
    assert (author.name, author.address) == (name, address)


def test_message_ids() -> None:
    message = parse(
        b"Message-ID: (c) < a1@b.example > (d)\nIn-Reply-To: Your message of today (<no@x>) <r1@b.example> <r2@b.example>\n"
        b"References: <1@b.example> junk\n <2@b.example>,<3@b.example>\n\n"
    )
    assert message.message_id == "a1@b.example"
    assert message.in_reply_to == "r1@b.example"
    assert message.references == ("1@b.example", "2@b.example", "3@b.example")


# --- structure ---


def test_alternative_gives_the_plain_form() -> None:
    message = parse(multipart("alternative", text("plain"), text("<p>html</p>", "html")))
    assert (message.text, message.html, message.attachments) == ("plain", "<p>html</p>", ())


@pytest.mark.parametrize("blank", ["", "  \n\n", "\u00a0\n", "\u200b"])
def test_alternative_with_a_blank_plain_form_gives_the_html(blank: str) -> None:
    message = parse(multipart("alternative", text(blank), text("<p>a &amp; b</p><style>x</style>", "html")))
    assert message.text.strip() == "a & b"


def test_alternative_in_either_order() -> None:
    assert parse(multipart("alternative", text("<p>html</p>", "html"), text("plain"))).text == "plain"


def test_an_invitation_beside_its_description_is_no_attachment() -> None:
    message = parse(multipart("alternative", text("plain"), text("BEGIN:VCALENDAR", "calendar")))
    assert (message.text, message.attachments) == ("plain", ())


def test_an_invitation_of_its_own_is_one() -> None:
    assert names(parse(multipart("mixed", text("plain"), text("BEGIN:VCALENDAR", "calendar")))) == [
        (None, "text/calendar", False)
    ]


def test_several_text_parts_are_joined_by_a_blank_line() -> None:
    message = parse(multipart("mixed", text("one\n"), PDF, text("<p>two</p>", "html"), text("three\n")))
    assert message.text == "one\n\ntwo\n\nthree\n"
    assert names(message) == [("a.pdf", "application/pdf", False)]


@pytest.mark.parametrize("field", ["attachment", "attachment; filename=n.txt", "inline; filename=n.txt"])
def test_named_or_attached_text_is_an_attachment(field: str) -> None:
    message = parse(multipart("mixed", text("body"), b"Content-Disposition: " + field.encode() + b"\n\nnotes"))
    assert message.text == "body"
    assert [(a.content, a.inline) for a in message.attachments] == [(b"notes", field.startswith("inline"))]


def test_pictures_shown_in_the_html_are_inline() -> None:
    image = b"Content-Type: image/png\nContent-ID: <%s>\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    located = b"Content-Type: image/gif\nContent-Location: logo.gif\n\nx"
    html = text('<img src="cid:one%40x"><img src=logo.gif>', "html")
    message = parse(multipart("related", html, image % b"one@x", image % b"two@x", located))
    assert [a.inline for a in message.attachments] == [True, False, True]
    assert [a.content_id for a in message.attachments] == ["one@x", "two@x", None]


def test_the_root_of_a_related_part_need_not_be_the_first() -> None:
    resource = b"Content-Type: text/html\nContent-ID: <frame>\n\n<p>frame</p>"
    root = b"Content-Type: text/html\nContent-ID: <root>\n\n<p>root</p><iframe src='cid:frame'>"
    raw = multipart("related", resource, root).replace(b"boundary", b'start="<root>"; boundary')
    message = parse(raw)
    assert message.text.strip() == "root"
    assert names(message) == [(None, "text/html", True)]


def test_alternative_within_related_within_mixed() -> None:
    related = b"Content-Type: multipart/related; boundary=r\n\n--r\n" + text("<b>hi</b><img src='cid:i'>", "html")
    related += b"\n--r\nContent-Type: image/png; name=i.png\nContent-ID: <i>\n\nx\n--r--\n"
    alternative = (
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\n" + text("hi") + b"\n--a\n" + related + b"\n--a--\n"
    )
    message = parse(multipart("mixed", alternative, PDF))
    assert message.text == "hi"
    assert names(message) == [("i.png", "image/png", True), ("a.pdf", "application/pdf", False)]
    assert message.defects == ()


def test_an_attached_message_is_one_attachment_with_its_raw_bytes() -> None:
    inner = b"From: x@y.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n\ninner text\n--q--\n"
    encoded = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(inner)
    message = parse(multipart("mixed", text("outer"), b"Content-Type: message/rfc822\n\n" + inner, encoded))
    assert message.text == "outer"
    assert [a.content for a in message.attachments] == [inner, inner]
    assert message.attachments[0].sha256 == hashlib.sha256(inner).hexdigest()


def test_digest_holds_messages() -> None:
    message = parse(multipart("digest", b"\nFrom: x@y.example\n\nhello", b"\nFrom: z@y.example\n\nhello"))
    assert [a.content_type for a in message.attachments] == ["message/rfc822"] * 2


def test_report_and_signature_leaves_are_attachments() -> None:
    message = parse(multipart("report", text("failed"), b"Content-Type: message/delivery-status\n\nAction: failed\n"))
    assert (message.text, names(message)) == ("failed", [(None, "message/delivery-status", False)])
    signed = parse(multipart("signed", text("words"), b"Content-Type: application/pgp-signature; name=s.asc\n\nx"))
    assert (signed.text, names(signed)) == ("words", [("s.asc", "application/pgp-signature", False)])


def test_a_single_part_that_is_no_text_is_an_attachment() -> None:
    message = parse(
        b"From: a@b.example\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nAAAA"
    )
    assert (message.text, names(message)) == ("", [("a.pdf", "application/pdf", False)])
    assert message.content_type == "application/pdf"


@pytest.mark.parametrize("kind", ["text/markdown", "text/x-nothing", "text", "text/enriched"])
def test_a_single_part_of_any_text_is_the_body(kind: str) -> None:
    message = parse(f"From: a@b.example\nContent-Type: {kind}\n\nhello".encode())
    assert (message.text, message.attachments) == ("hello", ())


def test_enriched_text_is_read_without_its_commands() -> None:
    message = parse(
        b"From: a@b.example\nContent-Type: text/enriched\n\n<bold>a</bold> <<b <color><param>red</param>c</color>"
    )
    assert message.text == "a <b c"


def test_a_uuencoded_file_goes_out_of_the_text() -> None:
    message = parse(b"From: a@b.example\n\nbefore\nbegin 644 cat.txt\n#0V%T\n`\nend\nafter\n")
    assert message.text == "before\nafter\n"
    assert [(a.filename, a.content) for a in message.attachments] == [("cat.txt", b"Cat")]
    blank = parse(b"From: a@b.example\n\nbegin 644 cat.txt\n#0V%T\n\nend\n")
    assert (blank.text, [a.content for a in blank.attachments]) == ("", [b"Cat"])


@pytest.mark.parametrize(
    "body", [b"begin 644 x\nhello there\nend\n", b"begin 644 x\n#0V%T\n", b"begin with this\nend\n"]
)
def test_what_is_no_uuencoded_file_stays(body: bytes) -> None:
    message = parse(b"From: a@b.example\n\n" + body)
    assert (message.text, message.attachments) == (body.decode(), ())


# --- broken structure ---


def test_no_closing_boundary() -> None:
    message = parse(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n")
    assert (message.text, message.defects) == ("hello\n", ("no closing boundary",))


@pytest.mark.parametrize("parameter", [b"", b"; boundary=other", b"; boundary"])
def test_a_boundary_that_is_missing_or_wrong_is_guessed(parameter: bytes) -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/mixed"
        + parameter
        + b"\n\n--real\nContent-Type: text/plain\n\nhello\n--real--\n"
    )
    message = parse(raw)
    assert message.text == "hello"
    assert len(message.defects) == 1


def test_a_multipart_without_any_boundary_is_text() -> None:
    message = parse(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\nhello\n")
    assert (message.text, message.attachments) == ("hello\n", ())
    assert message.defects == ("the boundary of a multipart does not occur",)


def test_boundaries_that_look_alike() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\ninner\n--bb--\n"
    raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b \t\n" + inner + b"--b\n\n--bx\n--b-- \n"
    assert parse(raw).text == "inner\n\n--bx"


def test_a_boundary_that_begins_with_blanks() -> None:
    raw = b'From: a@b.example\nContent-Type: multipart/mixed; boundary="   b"\n\n--   b\n\nhello\n--   b--\n'
    assert (parse(raw).text, parse(raw).defects) == ("hello", ())


def test_an_inner_multipart_that_is_not_closed_ends_with_the_outer() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=i\n\n--i\n\ninner"
    message = parse(multipart("mixed", inner, text("outer")))
    assert (message.text, message.defects) == ("inner\n\nouter", ("no closing boundary",))


def test_empty_multipart() -> None:
    message = parse(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b--\n")
    assert (message.text, message.attachments, message.defects) == ("", (), ())


def test_a_multipart_that_is_encoded_as_a_whole() -> None:
    inner = base64.encodebytes(b"--b\n\nhello\n--b--\n")
    raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n" + inner
    assert parse(raw).text == "hello"


def test_a_boundary_used_on_two_levels() -> None:
    forms = b"\n--b\n".join((b"", text("plain"), text("<p>html</p>", "html"))) + b"\n--b--\n"
    alternative = b"Content-Type: multipart/alternative; boundary=b\n" + forms
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    message = parse(head + alternative + b"\n--b\n" + PDF + b"--b--\n")
    assert (message.text, names(message)) == ("plain", [("a.pdf", "application/pdf", False)])


# --- transfer encodings and charsets ---


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"SGFsbG8=", "Hallo"),
        ("BASE64", b"SGFs\r\nbG8=\r\n", "Hallo"),
        ("base64", b"SGFsbG8", "Hallo"),
        ("base64", b"SGFsbG8=\n\n_____\nlist@lists.example mailing list\n", "Hallo"),
        ("base64", b"SG!Fs*bG8=", "Hallo"),
        ("base64", b"SGFsbG8=\nSGFsbG8=", "Hallo"),
        ("base64", b"SGFsb", "Hal"),
        ("base64", b"abcde\n", "abcde\n"),
        ("base64", b"", ""),
        ("base64", b"Hello there, this is\nno base64 at all.", "Hello there, this is\nno base64 at all."),
        ("quoted-printable", b"a=3Db=\nc=\r\nd", "a=bcd"),
        ("quoted-printable", b"a=zz=4", "a=zz=4"),
        ("quoted-printable", b"soft= \nbreak=", "softbreak"),
        ("quoted-printable", b"caf=c3=a9", "café"),
        ("quoted printable", b"caf=c3=a9", "café"),
        ("8bit", "café".encode(), "café"),
        ("binary", "café".encode(), "café"),
        ("7bit", b"abc", "abc"),
        ("x-uuencode", b"begin 644 x\n#0V%T\n`\nend\n", "Cat"),
        ("no-such", b"abc", "abc"),
        ("", b"abc", "abc"),
    ],
)
def test_transfer_encodings(encoding: str, body: bytes, content: str) -> None:
    head = f"From: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    assert parse(head.encode() + body).text == content


def test_quoted_printable_with_lone_carriage_returns() -> None:
    assert (
        parse(b"From: a@b.example\rContent-Transfer-Encoding: quoted-printable\r\rone=\rtwo\rthree").text
        == "onetwo\nthree"
    )


def test_attachments_are_kept_byte_by_byte() -> None:
    content = bytes(range(256)) * 40
    part = b"Content-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
    plain = b"Content-Type: text/csv; name=x.csv\n\na;b\r\nc;d\r\n"
    message = parse(multipart("mixed", part, plain))
    assert [a.content for a in message.attachments] == [content, b"a;b\r\nc;d\r\n"]
    assert [a.size for a in message.attachments] == [len(content), 10]


@pytest.mark.parametrize(
    ("label", "truth"),
    [
        ("gb2312", "gbk"),
        ("iso-8859-1", "utf-8"),
        ("us-ascii", "utf-8"),
        ("utf-8", "gbk"),
        ("", "utf-8"),
        ("x-none", "utf-8"),
    ],
)
def test_text_under_a_wrong_label(label: str, truth: str) -> None:
    words = "你好，世界。这是中文测试邮件"
    head = f"From: a@b.example\nContent-Type: text/plain; charset={label}\nContent-Transfer-Encoding: 8bit\n\n"
    assert parse(head.encode() + words.encode(truth)).text == words


def test_flowed_text() -> None:
    head = b"From: a@b.example\nContent-Type: text/plain; format=flowed%s\n\n"
    assert parse(head % b"" + b"one \ntwo\n > x\n> a \n> b\n-- \nname\n").text == "one two\n> x\n> a b\n-- \nname\n"
    assert parse(head % b"; delsp=yes" + b"on \ne\n").text == "one\n"
    assert parse(head % b"" + b"a \n> b \n>> c \nd ").text == "a \n> b \n>> c \nd "


def test_text_has_neither_nul_nor_carriage_return() -> None:
    message = parse(b"From: a@b.example\n\na\0b\rc\r\nd\r\r\ne")
    assert message.text == "ab\nc\nd\ne"


def test_new_text_leaves_out_what_was_quoted() -> None:
    message = parse(
        b"From: a@b.example\n\nNo, not yet.\n\nOn Tue, Mar 3, 2026 Support wrote:\n> Have you tried water?\n"
    )
    assert message.text == "No, not yet.\n\nOn Tue, Mar 3, 2026 Support wrote:\n> Have you tried water?\n"
    assert message.new_text == "No, not yet."


def test_markup_says_what_is_quoted_beside_other_text_too() -> None:
    """An HTML answer below which a list or a gateway put a text part of its own."""
    raw = (
        "From: a@b.example\nSubject: Re: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n"
        '<div>Sudah.</div><blockquote type="cite">lama</blockquote>\n--b\nContent-Type: text/plain\n\n'
        "Tambahan.\n\n_______________________________________________\nUsers mailing list\nusers@lists.example\n--b--\n"
    )
    message = parse(raw.encode())
    assert message.new_text == "Sudah.\n\nTambahan."
    assert "lama" in message.text
