"""parse on mail as programs send it: `tests/eml/parse/*.eml`, one row each. Only what the file is about is compared."""

from pathlib import Path
from typing import Any

import pytest

from router.mail.message import Message
from router.mail.parse import parse

EML = Path(__file__).parent.parent / "eml" / "parse"
NONE: tuple[str, ...] = ()

TABLE: dict[str, dict[str, Any]] = {
    "apple-mail-01": {
        "text": "Mohon periksa berkas berikut,\u00a0terima kasih.\n",
        "html": "<html><body>Mohon periksa berkas berikut,</body></html>",
        "files": [("Surat Tugas – Tim.pdf", "application/pdf", 5, False)],
    },
    "bad-html-charset-01": {"text": "Ёлка & дом", "content_type": "text/html"},
    "cr-only-01": {"subject": "hanya CR", "text": "satu\ndua", "files": [("a.pdf", "application/pdf", 3, False)]},
    "digest-01": {
        "text": "Topik hari ini\n\n_______________________________________________\ndaftar mailing list\n",
        "new_text": "Topik hari ini",
        "files": [(None, "message/rfc822", 42, False), (None, "message/rfc822", 40, False)],
    },
    "forward-attached-01": {
        "text": "Mohon ditindaklanjuti.\n",
        "files": [("keluhan.eml", "message/rfc822", 201, False)],
    },
    "gb2312-raw-header-01": {
        "from": ("王小明", "wang@cn.example"),
        "subject": "原产地证书查询 朱镕基",
        "text": "您好，朱镕基先生的证书还没有收到。请问什么时候可以查询？\n",
    },
    "gmail-reply-01": {
        "subject": "Re: [HERO-2026-000123] Akses",
        "in_reply_to": "CAB1@mail.example.com",
        "references": ("hero.1@kemendag.go.id", "CAB1@mail.example.com"),
        "cc": [("Ani", "ani@mail.example.com"), ("", "cici@mail.example.com"), ("", "doni@mail.example.com")],
        "new_text": "Sudah bisa, terima kasih.",
    },
    "invitation-01": {"text": "Rapat besok", "files": [("invite.ics", "application/ics", 5, False)]},
    "japanese-iso-2022-jp-01": {
        "from": ("山田", "yamada@jp.example"),
        "subject": "原産地証明書について",
        "text": "お世話になります。\n",
    },
    "korean-ks-c-5601-01": {
        "from": ("김철수", "kim@kr.example"),
        "subject": "원산지 증명서 똠",
        "text": "증명서를 확인해 주세요. 똠방\n",
    },
    "latin1-that-is-1252-01": {"text": "Coût : 500 € – “ferme”\n"},
    "mbox-01": {"from": ("Jane", "jane@b.example"), "text": ">From sini\n"},
    "no-boundary-01": {
        "text": "isi",
        "files": [("a.pdf", "application/pdf", 1, False)],
        "defects": ("a multipart names no boundary",),
    },
    "outlook-alternative-01": {
        "from": ("René Sitompul", "rene@pt-maju.example"),
        "to": [("HERO, Layanan", "hero@kemendag.go.id")],
        "subject": "Permohonan akses – SIPO",
        "date": "2026-03-03T10:11:12+07:00",
        "message_id": "SG2PR01MB12345@SG2PR01MB12345.apcprd01.prod.example.com",
        "text": "Yth. Bapak/Ibu,\n\nMohon akses “SIPO” untuk René.\n",
        "files": [("image001.png", "image/png", 4, True)],
    },
    "rfc2231-continuation-01": {
        "files": [
            (
                "Rekapitulasi 日本 2026.docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                4,
                False,
            ),
            ("evil name.exe", "application/octet-stream", 2, False),
            (None, "image/jpeg", 1, False),
        ],
    },
    "signed-01": {
        "text": "Isi yang ditandatangani.\n",
        "files": [("OpenPGP_signature", "application/pgp-signature", 58, False)],
    },
    "spoofed-name-01": {
        "from": ("admin@bank.example <admin@bank.example>", "evil@x.example"),
        "to": [],
        "cc": [
            ("Doe, Jane", "jane@x.example"),
            ("broken", "route@x.example"),
            ("q@uoted", '"odd local"@x.example'),
        ],
        "subject": "Tagihan Bcc: x@y.example",
        "date": None,
        "defects": ("the date cannot be read",),
    },
    "truncated-base64-01": {
        "text": "Halo dunia, ini isi surat.\n",
        "files": [("a.pdf", "application/pdf", 25, False)],
        "defects": ("no closing boundary", "a part is broken base64"),
    },
    "utf16-01": {"text": "Halo ☕\n", "defects": ("the message is stored in UTF-16",)},
    "uuencoded-01": {
        "text": "Berkas terlampir.\n\n\nSalam\n",
        "files": [("cat.txt", "application/octet-stream", 3, False)],
    },
}


def view(message: Message) -> dict[str, Any]:
    author = message.from_
    return {
        "from": author and (author.name, author.address),
        "to": [(a.name, a.address) for a in message.to],
        "cc": [(a.name, a.address) for a in message.cc],
        "date": message.date and message.date.isoformat(),
        "files": [(a.filename, a.content_type, a.size, a.inline) for a in message.attachments],
        **{
            name: getattr(message, name)
            for name in ("subject", "message_id", "in_reply_to", "references", "content_type")
        },
        **{name: getattr(message, name) for name in ("text", "new_text", "html", "defects")},
    }


def test_each_file_has_a_row() -> None:
    assert sorted(path.stem for path in EML.glob("*.eml")) == sorted(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_mail_of_a_program(name: str) -> None:
    expected = {"defects": NONE, "files": [], **TABLE[name]}
    seen = view(parse((EML / f"{name}.eml").read_bytes()))
    assert {key: seen[key] for key in expected} == expected
