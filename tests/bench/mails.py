"""Realistic mail for the benches: 70 % small text, 20 % HTML of 20–60 KB, 10 % with attachments of 100–500 KB.

The same seed gives the same mails. The wording is this file's own; it only has to be of natural length and vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

MAILBOXES = ("hero", "ska", "layanandata.pdsi", "orgpeg.pusdatin")

SUBJECTS = (
    ("hero", "Mohon reset password intranet"),
    ("hero", "Wifi di lantai 6 putus-putus"),
    ("hero", "SIGI tidak dapat dibuka"),
    ("hero", "Kuota email kantor penuh"),
    ("ska", "Pengajuan Form D belum diverifikasi"),
    ("ska", "e-SKA halaman putih setelah login"),
    ("layanandata.pdsi", "Permintaan data ekspor kopi 2020-2025"),
    ("layanandata.pdsi", "Data harga bapok harian"),
    ("orgpeg.pusdatin", "Pertanyaan angka kredit pranata komputer"),
    ("hero", "Question about the API Online registration"),
)
OPENINGS = (
    "Yth. Tim Helpdesk,",
    "Selamat pagi Bapak/Ibu,",
    "Dear HERO team,",
    "Halo admin,",
    "Assalamualaikum wr. wb.",
)
SENTENCES = (
    "Sejak kemarin sore kami mencoba membuka halaman tersebut namun selalu muncul pesan error.",
    "Mohon bantuan agar dapat segera ditindaklanjuti karena laporan harus dikirim pekan ini.",
    "Kami sudah mencoba dengan browser lain dan jaringan lain, hasilnya tetap sama.",
    "Data yang kami butuhkan adalah rincian per bulan menurut negara tujuan dan kode HS delapan digit.",
    "Bagaimana cara mendaftarkan akun baru untuk pegawai yang pindah unit kerja?",
    "Terlampir kami sampaikan tangkapan layar dan surat permohonan dari pimpinan.",
    "We have tried several times this morning and the server does not answer.",
    "Terima kasih atas perhatian dan kerja sama Bapak/Ibu.",
)
NAMES = (
    "Sri Lestari",
    "Budi Hartono",
    "Made Wirawan",
    "Ni Luh Ayu",
    "Togar Simbolon",
    "Maya Putri",
    "J. Smith",
    "Andi Baso",
)


def realistic(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """`count` pairs of (mailbox, message bytes with CRLF)."""
    rng = random.Random(seed)
    for number in range(count):
        kind = rng.choices(("text", "html", "attachment"), (70, 20, 10))[0]
        yield _mail(rng, number, kind)


def _mail(rng: random.Random, number: int, kind: str) -> tuple[str, bytes]:
    mailbox, subject = rng.choice(SUBJECTS)
    name = rng.choice(NAMES)
    inside = rng.random() < 0.5
    domain = "kemendag.go.id" if inside else rng.choice(("eksportirjaya.co.id", "gmail.example", "univ-nusa.ac.id"))
    message = EmailMessage(policy=SMTP)
    message["Received"] = (
        f"from mx1.{domain} (mx1.{domain} [192.0.2.7]) by mail.kemendag.go.id; Tue, 3 Mar 2026 10:11:12 +0700"
    )
    message["Received"] = f"from laptop ([198.51.100.9]) by mx1.{domain} with ESMTPSA; Tue, 3 Mar 2026 10:11:10 +0700"
    message["Authentication-Results"] = (
        f"mx.kemendag.go.id; dkim=pass header.d={domain}; spf=pass; dmarc=pass header.from={domain}"
    )
    message["From"] = f"{name} <{name.lower().replace(' ', '.').replace('..', '.')}{number}@{domain}>"
    message["To"] = f"{mailbox}@kemendag.go.id"
    message["Subject"] = f"{subject} ({number})"
    message["Date"] = "Tue, 03 Mar 2026 10:11:09 +0700"
    message["Message-ID"] = f"<bench.{number}.{rng.getrandbits(48):x}@{domain}>"
    message["X-Mailer"] = "Bench Mail 1.0"
    body = _words(rng, rng.randint(4, 14))
    text = f"{rng.choice(OPENINGS)}\n\n{subject}. {body}\n\nSalam,\n{name}\n-- \n{name}\nTelp. 021 555 0{number % 1000:03d}\n"
    message.set_content(text)
    if kind == "html":
        message.add_alternative(_html(rng, text, rng.randint(20, 60) * 1024), subtype="html")
    elif kind == "attachment":
        size = rng.randint(100, 500) * 1024
        message.add_attachment(
            rng.randbytes(size), maintype="application", subtype="pdf", filename=f"Surat {number}.pdf"
        )
    return mailbox, message.as_bytes()


def _words(rng: random.Random, sentences: int) -> str:
    return " ".join(rng.choice(SENTENCES) for _ in range(sentences))


def _html(rng: random.Random, text: str, size: int) -> str:
    """An HTML body as Outlook writes them: much style, many spans, a table; about `size` bytes."""
    style = "".join(
        f'p.Mso{n}, li.Mso{n} {{margin:0cm;font-size:11.0pt;font-family:"Calibri",sans-serif}}\n' for n in range(60)
    )
    paragraphs = [
        f"<p class=MsoNormal><span lang=IN style='font-size:11.0pt'>{line or '&nbsp;'}</span></p>"
        for line in text.split("\n")
    ]
    while sum(map(len, paragraphs)) + len(style) < size:
        cells = "".join(f"<td style='border:solid 1px #ccc;padding:2px'>{rng.randint(0, 10**6)}</td>" for _ in range(6))
        paragraphs.append(f"<table><tr>{cells}</tr></table><p class=MsoNormal>{_words(rng, 3)}<o:p></o:p></p>")
    return f"<html><head><style>{style}</style></head><body lang=IN>{''.join(paragraphs)}</body></html>"
