"""Charset labels that are wrong, unknown or missing."""

import codecs

import pytest

from router.mail.charset import decode
from router.mail.labels import codecs_of

# text, the charset that the bytes are really in, the label that the mail bears
LABELLED = [
    ("Ünïcödé €", "utf-8", "utf-8"),
    ("Ünïcödé €", "utf-8", "iso-8859-1"),
    ("Ünïcödé", "latin-1", "utf-8"),
    ("“quotes” – €", "cp1252", "iso-8859-1"),
    ("“quotes” – €", "cp1252", "ISO_8859-1"),
    ("你好，世界。中文测试", "gbk", "gb2312"),
    ("镕基", "gbk", "gb2312"),
    ("朱镕基𠮷", "gb18030", "gb2312"),
    ("日本語", "utf-8", "gb2312"),
    ("한국어 똠방각하", "cp949", "ks_c_5601-1987"),
    ("한국어 똠방각하", "cp949", "euc-kr"),
    ("日本語のメール①", "cp932", "shift_jis"),
    ("日本語のメール", "iso2022_jp", "iso-2022-jp"),
    ("ﾃｽﾄ", "iso2022_jp_ext", "iso-2022-jp"),
    ("日本語テスト", "iso2022_jp", "us-ascii"),
    ("日本語テスト", "iso2022_jp", None),
    ("日本", "utf-7", "utf-7"),
    ("日本", "utf-7", "unicode-1-1-utf-7"),
    ("繁體中文測試郵件", "big5", "big5"),
    ("香港粵語嘅", "big5hkscs", "big5"),
    ("สวัสดี", "tis-620", "tis-620"),
    ("é", "cp850", "cp-850"),
    ("é", "cp1252", "ansi"),
    ("é", "utf-8", "utf8"),
    ("é", "utf-8", "x-unknown"),
    ("é", "utf-8", "unknown-8bit"),
    ("é", "cp1252", "unknown-8bit"),
    ("café crème", "latin-1", "us-ascii"),
    ("café", "utf-8", "us-ascii"),
    ("Привет, как дела?", "koi8-r", "koi8-r"),
    ("Привет, как дела?", "cp1251", "windows-1251"),
    ("Привет, как дела?", "koi8-r", None),
    ("Привет, как дела?", "cp1251", None),
    ("日本語のメールです", "euc_jp", None),
    ("日本語のメールです", "cp932", None),
    ("你好，世界。中文测试文字", "gbk", None),
    ("안녕하세요 반갑습니다 한국어", "euc-kr", None),
    ("繁體中文測試郵件", "big5", None),
    ("plain words", "ascii", "utf-16"),
    ("kata é", "utf-16-be", "utf-16"),
    ("kata é", "utf-16-le", "utf-16"),
    ("kata biasa", "ascii", "no-such-charset"),
    ("é", "utf-8", "utf-8*fr"),
    ("é", "utf-8", ' "utf-8" '),
]


@pytest.mark.parametrize(("text", "truth", "label"), LABELLED)
def test_text_is_read_whatever_the_label(text: str, truth: str, label: str | None) -> None:
    assert decode(text.encode(truth), label)[0] == text


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_decides_without_a_label(name: str) -> None:
    assert decode("kata é".encode(name))[0] == "kata é"


def test_meta_of_the_html_decides_without_a_label() -> None:
    page = '<html><head><meta charset="windows-1251"></head>Ёж'
    assert decode(page.encode("cp1251"), html=True)[0] == page


def test_vendor_characters_in_iso_2022_jp() -> None:
    assert decode(b'\x1b$B-!-"\x1b(B ok', "iso-2022-jp")[0] == "①② ok"


def test_one_broken_byte_costs_one_character() -> None:
    assert decode("Ünï cödé und so weiter".encode() + b"\xff", "utf-8")[0] == "Ünï cödé und so weiter\ufffd"
    assert decode("中文测试文字".encode("gbk")[:-1], "gb2312")[0] == "中文测试文\ufffd"


@pytest.mark.parametrize("label", ["rot13", "base64", "zlib", "hex", "punycode", "idna", "unicode_escape", "undefined"])
def test_codecs_that_are_no_charsets_are_not_used(label: str) -> None:
    assert codecs_of(label) == ()
    assert decode(b"aGFsbG8=", label) == ("aGFsbG8=", True)


def test_each_alias_names_codecs_that_exist() -> None:
    from router.mail import labels

    for names, _ in labels._TABLE:
        assert all(codecs.lookup(name) for name in names)


def test_a_wrong_label_is_told() -> None:
    assert decode("é".encode(), "iso-8859-1")[1] is False
    assert decode("é".encode("latin-1"), "iso-8859-1")[1] is True
    assert decode(b"abc", None)[1] is True


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        (b"", "utf-16", ""),
        (b"\x93a\x94 \x81", "iso-8859-1", "“a” \x81"),
        ("中文 né".encode("gb18030"), "gb2312", "中文 né"),
        ("朱镕基".encode("gbk"), None, "朱镕基"),
        ("日本語のテキスト".encode("cp932")[:-1], None, "日本語のテキス\ufffd"),
        (b"\x1b$Bx", "iso-2022-jp", ""),
        ("中文测试文字测试".encode("gbk") + b"\xff", "gb2312", "中文测试文字测试\ufffd"),
    ],
)
def test_odd_bytes(data: bytes, label: str | None, text: str) -> None:
    assert decode(data, label)[0] == text
