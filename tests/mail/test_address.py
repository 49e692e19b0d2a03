"""Address fields (RFC 5322, 3.4), sound and broken."""

import pytest

from router.mail.address import mailboxes, name_of

LISTS = [
    (b"jane@x.example", [("", "jane@x.example")]),
    (b"<jane@x.example>", [("", "jane@x.example")]),
    (b"Jane Doe <jane@x.example>", [("Jane Doe", "jane@x.example")]),
    (b'"Jane Doe" <jane@x.example>', [("Jane Doe", "jane@x.example")]),
    (b'"Doe, Jane" <jane@x.example>', [("Doe, Jane", "jane@x.example")]),
    (b"Doe, Jane <jane@x.example>", [("Doe, Jane", "jane@x.example")]),
    (b"J. R. Doe <jane@x.example>, b@y.example", [("J. R. Doe", "jane@x.example"), ("", "b@y.example")]),
    (b"jane@x.example (Jane Doe)", [("Jane Doe", "jane@x.example")]),
    (b"(note) jane@x.example (Jane (the) Doe)", [("note Jane (the) Doe", "jane@x.example")]),
    (b'"Joe & J. Harvey" <ddd @Org>, JJV @ BBN', [("Joe & J. Harvey", "ddd@Org"), ("", "JJV@BBN")]),
    (b"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", [("Pete", "pete@silly.test")]),
    (b"A Group(Some people)\r\n :Chris Jones <c@(Chris's host.)public.example>, joe@example.org;".replace(b"\r\n", b""),
     [("Chris Jones", "c@public.example"), ("", "joe@example.org")]),
    (b"Undisclosed recipients:;", []),
    (b"undisclosed-recipients: ;, a@b.example", [("", "a@b.example")]),
    (b"A: a@b.example; B: c@d.example, e@f.example;", [("", "a@b.example"), ("", "c@d.example"), ("", "e@f.example")]),
    (b"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
     [("Mary Smith", "mary@example.net"), ("", "jdoe@test.example")]),
    (b"John Doe <jdoe@machine(comment).  example>", [("John Doe", "jdoe@machine.example")]),
    (b'"john doe"@x.example', [("", '"john doe"@x.example')]),
    (b'Jane <"jane, doe>"@x.example>', [("Jane", '"jane, doe>"@x.example')]),
    (b"a@[192.0.2.1], b@[IPv6:2001:db8::1]", [("", "a@[192.0.2.1]"), ("", "b@[IPv6:2001:db8::1]")]),
    (b"=?utf-8?q?Jane_D=C3=B6e?= <jane@x.example>", [("Jane Döe", "jane@x.example")]),
    (b'"=?utf-8?q?Jane_D=C3=B6e?=" <jane@x.example>', [("Jane Döe", "jane@x.example")]),
    (b"=?utf-8?q?Doe=2C_Jane?= <jane@x.example>", [("Doe, Jane", "jane@x.example")]),
    (b"=?utf-8?q?Doe,_Jane?= <jane@x.example>", [("Doe, Jane", "jane@x.example")]),
    (b"=?utf-8?q?evil=3Cx=40y.example=3E?= <jane@x.example>", [("evil<x@y.example>", "jane@x.example")]),
    (b'"admin@bank.example" <evil@x.example>', [("admin@bank.example", "evil@x.example")]),
    (b"admin@bank.example <evil@x.example>", [("admin@bank.example", "evil@x.example")]),
    (b'"<admin@bank.example>" <evil@x.example>', [("<admin@bank.example>", "evil@x.example")]),
    (b'"admin@bank.example, " <evil@x.example>', [("admin@bank.example,", "evil@x.example")]),
    (b"Jane <jane@x.example", [("Jane", "jane@x.example")]),
    (b"Jane <jane@x.example, Bob <bob@y.example>", [("Jane", "jane@x.example"), ("Bob", "bob@y.example")]),
    (b"Jane jane@x.example", [("Jane", "jane@x.example")]),
    (b'"Jane Doe" jane@x.example', [("Jane Doe", "jane@x.example")]),
    (b"a@b.example c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
    (b"a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
    (b"Jane <jane@x.example> Bob <bob@y.example>", [("Jane", "jane@x.example"), ("Bob", "bob@y.example")]),
    (b"<jane@x.example> Jane Doe", [("Jane Doe", "jane@x.example")]),
    (b"'jane@x.example'", [("", "jane@x.example")]),
    (b"'Jane Doe' <jane@x.example>", [("Jane Doe", "jane@x.example")]),
    (b"mailto:jane@x.example", [("", "jane@x.example")]),
    (b"<mailto:jane@x.example>", [("", "jane@x.example")]),
    (b'"unclosed <jane@x.example>', [("unclosed", "jane@x.example")]),
    (b"(unclosed jane@x.example", [("unclosed", "jane@x.example")]),
    (b"Jane (HR <jane@x.example>", [("Jane HR", "jane@x.example")]),
    (b"[ext] Jane <jane@x.example>", [("[ext] Jane", "jane@x.example")]),
    ("Jäne <jäne@büro.example>".encode(), [("Jäne", "jäne@büro.example")]),
    ("Jäne <jane@x.example>".encode("latin-1"), [("Jäne", "jane@x.example")]),
    (b'Jane <"jane@x.example">', [("Jane", "jane@x.example")]),
    (b'"jane@x.example"', []),
    (b"Jane@x.Example", [("", "Jane@x.Example")]),
    (b"=?utf-8?B?SmFuZSA8amFuZUB4LmV4YW1wbGU+?=", [("Jane", "jane@x.example")]),
    (b'"a\\"b\\\\c" <j@x.example>', [('a"b\\c', "j@x.example")]),
    (b"foo", []),
    (b"", []),
    (b"<>", []),
    (b"Jane <jane>", []),
    (b"a@b@c.example", []),
    (b"@x.example", []),
    (b"jane@", []),
    (b",,,", []),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), LISTS)
def test_mailboxes_of_a_field(value: bytes, expected: list[tuple[str, str]]) -> None:
    assert [(a.name, a.address) for a in mailboxes(value)] == expected


@pytest.mark.parametrize(
    ("value", "name"),
    [(b"Jane Doe", "Jane Doe"), (b'"Jane Doe" <>', "Jane Doe"), (b"=?utf-8?q?J=C3=B6?=", "Jö"), (b"", "")],
)
def test_name_where_no_address_is(value: bytes, name: str) -> None:
    assert name_of(value) == name
