"""Encoded words as mail programs write them (RFC 2047 and beyond)."""

import pytest

from router.mail.words import text_of

WORDS = [
    (b"plain", "plain"),
    (b"", ""),
    (b"Re: \x1b$BF|K\\8l\x1b(B", "Re: 日本語"),  # raw, unencoded
    (b"=?utf-8?q?caf=C3=A9?=", "café"),
    (b"=?UTF-8?B?Y2Fmw6k=?=", "café"),
    (b"=?iso-8859-1?Q?a?=", "a"),
    (b"=?ISO-8859-1?Q?a?= b", "a b"),
    (b"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"),
    (b"=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=", "ab"),
    (b"=?ISO-8859-1?Q?a_b?=", "a b"),
    (b"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b"),
    (b"a =?utf-8?q?b?= c =?utf-8?q?d?= e", "a b c d e"),
    (b"=?utf-8?B?w6k=?==?utf-8?B?w6k=?=", "éé"),
    (b"=?utf-8?Q?=E6=97?= =?utf-8?Q?=A5=E6=9C=AC?=", "日本"),
    (b"=?utf-8?B?5pc=?= =?utf-8?B?peacrA==?=", "日本"),
    (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?= =?iso-2022-jp?B?GyRCOGwbKEI=?=", "日本語"),
    (b"=?utf-8*id?Q?halo?=", "halo"),
    (b"=?US-ASCII*EN?Q?Keith_Moore?=", "Keith Moore"),
    (b"=?utf-8?q?hello world?=", "hello world"),
    (b"=?utf-8?q?a_=3D_b?=", "a = b"),
    (b"foo=?utf-8?q?bar?=baz", "foobarbaz"),
    (b'"=?utf-8?q?Jane_D=C3=B6e?="', '"Jane Döe"'),
    (b"=?utf-8?q?Hello", "Hello"),
    (b"=?utf-8?B?SGVsbG8=", "Hello"),
    (b"=?utf-8?q?Hel =?utf-8?q?lo?=", "Hello"),
    (b"=?utf-8?B?caf=C3=A9?=", "café"),
    (b"=?utf-8?Q?SGVsbG8gV29ybGQ=?=", "Hello World"),
    (b"=?utf-8?B?SGVsbG8?=", "Hello"),
    (b"=?utf-8?B?SGVs bG8=?=", "Hello"),
    (b"=?utf-8?Q?What=3F?=", "What?"),
    (b"=?utf-8?Q?What??=", "What?"),
    (b"=?utf-8?Q?=C3=A9?=", "é"),
    (b"=?utf-8?Q?=zz=C3=A9=?=", "=zzé="),
    (b"=?x-unknown?Q?caf=C3=A9?=", "café"),
    (b"=?unknown-8bit?Q?caf=E9?=", "café"),
    (b"=??Q?caf=C3=A9?=", "café"),
    (b"=?iso-2022-jp?B?GyRC?= =?iso-2022-jp?Q?ab?=", "痰"),
    (b"=?gb2312?Q?=FF?= =?gb2312?Q?a?=", "ÿa"),
    (b"=?gb2312?B?6EY=?=", "鐵"),
    (b"=?iso-8859-1?Q?=93a=94?=", "“a”"),
    (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
    (b"=? not a word ?=", "=? not a word ?="),
    (b"1 =? 2 ?= 3", "1 =? 2 ?= 3"),
    ("halo café".encode(), "halo café"),
    ("halo café".encode("latin-1"), "halo café"),
    ("日本".encode() + b" =?utf-8?q?a?=", "日本 a"),
    (b"=?utf-8?Q?caf\xc3\xa9?=", "café"),
    (b"=?utf-8?Q?a=0D=0Ab=0Ac?=", "a b c"),
    (b"=?utf-8?Q?a=00b?=", "ab"),
    (b"=?utf-8?Q?_a_?=", "a"),
    (b"=?utf-7?Q?+2AA-?=", "\ufffd"),
    (b"=?utf-8?Q?=ED=A0=80?=", "í\xa0€"),
]


@pytest.mark.parametrize(("value", "text"), WORDS)
def test_value_is_read_as_mail_programs_write_it(value: bytes, text: str) -> None:
    assert text_of(value) == text


def test_many_words_take_linear_time() -> None:
    value = b" ".join([b"=?utf-8?q?a=C3=A9?="] * 10_000)
    assert text_of(value) == "aé" * 10_000
    assert text_of(b"=?a?q?" * 30_000) == ""
