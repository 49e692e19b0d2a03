"""What the demo's people write: sample customers, an agent, an out-of-office. Invented persons and firms."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from router.app.daemon import utc_now


@dataclass(frozen=True, slots=True)
class Sample:
    """A customer's mail to one of our mailboxes."""

    name: str
    address: str
    mailbox: str
    subject: str
    text: str
    attachment: str | None = None


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "Ratna Kusumawardani", "ratna.k@kemendag.go.id", "hero", "Lupa kata sandi intranet",
        "Yth. Tim HERO,\n\nSetelah cuti panjang saya lupa kata sandi intranet. Mohon dibantu reset password akun saya.\n\n"
        "Terima kasih,\nRatna Kusumawardani\nBiro Hukum",
    ),
    Sample(
        "Hendrik Manalu", "hendrik@rempahnusa.example", "ska", "Form D belum disetujui",
        "Selamat siang,\n\nPengajuan SKA Form D kami untuk pengapalan lada ke Vietnam sudah tiga hari berstatus menunggu\n"
        "verifikasi IPSKA. Kapal berangkat lusa. Mohon dibantu.\n\nHendrik Manalu\nCV Rempah Nusa",
    ),
    Sample(
        "Sarah Whitfield", "s.whitfield@harbour-trade.example", "layanandata.pdsi", "Export data for cocoa, 2021-2025",
        "Dear Sir or Madam,\n\nFor a market study I would like to request Indonesian export data for cocoa beans (HS 1801),\n"
        "by country of destination, 2021 to 2025.\n\nKind regards,\nSarah Whitfield",
    ),
    Sample(
        "Yusuf Pranoto", "yusuf.pranoto@kemendag.go.id", "hero", "wifi lt 9 mati",
        "Mas, wifi di lt 9 ga bisa konek dari tadi pagi, padahal laptop lain jg sama. tolong dicek ya\nYusuf",
    ),
    Sample(
        "Lestari Wibowo", "lestari.wibowo@kemendag.go.id", "orgpeg.pusdatin", "Angka kredit pranata komputer",
        "Yth. PDSI,\n\nBagaimana cara menghitung angka kredit untuk kenaikan jenjang pranata komputer ahli pertama ke ahli muda\n"
        "setelah aturan yang baru? Dokumen apa saja yang perlu disiapkan?\n\nSalam,\nLestari",
    ),
    Sample(
        "Bayu Adinegoro", "bayu.adinegoro@kemendag.go.id", "hero", "Permohonan akun INATRADE",
        "Yth. PDSI,\n\nMohon dibuatkan akun INATRADE untuk pegawai baru di direktorat kami, atas nama Citra Paramita.\n\n"
        "Hormat kami,\nBayu Adinegoro",
    ),
    Sample(
        "Toko Sumber Rejeki", "sumberrejeki@pos.example", "hero", "SIGI error",
        "Halo, aplikasi SIGI pelaporan gaji muncul error 500 waktu saya buka. Kapan bisa dipakai lagi?",
    ),
    Sample(
        "Wahyu Hidayat", "wahyu.h@surel.example", "hero", "Barang tidak sampai",
        "Saya beli panci di toko online sudah dua minggu tidak dikirim, uang saya tidak dikembalikan. Mohon ditindak.",
    ),
)  # fmt: skip


AGENT_WORDS = "Yth. Ibu Ratna,\n\nKata sandi sudah kami reset. Kata sandi sementara kami kirim\nlewat SMS."
CUSTOMER_WORDS = "SMS-nya belum saya terima. Mohon dicek."


def letter(sample: Sample, to: str) -> EmailMessage:
    """The sample as a mail to that address."""
    message = _mail(sample.name, sample.address, to, sample.subject, sample.text)
    message["Message-ID"] = make_msgid(domain=sample.address.rpartition("@")[2])
    return message


def answer(to: EmailMessage, name: str, address: str, text: str, recipient: str) -> EmailMessage:
    """A reply as mail programs write it: the new text on top, an introduction, the old text quoted."""
    old = to.get_body(("plain",))
    quoted = "\n".join(f"> {line}" for line in (old.get_content() if old else "").splitlines())
    intro = f"Pada {to['Date']}, {to['From']} menulis:"
    message = _mail(name, address, recipient, f"Re: {to['Subject']}", f"{text}\n\n{intro}\n{quoted}\n")
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["In-Reply-To"] = to["Message-ID"]
    message["References"] = " ".join(filter(None, (to["References"], to["Message-ID"])))
    return message


def out_of_office(to: EmailMessage, name: str, address: str) -> EmailMessage:
    """What a vacation program sends back by itself (RFC 3834)."""
    text = "Saya sedang cuti sampai tanggal 4. Untuk hal mendesak silakan hubungi rekan saya."
    message = _mail(name, address, to["From"], f"Balasan otomatis: {to['Subject']}", text)
    message["Auto-Submitted"] = "auto-replied"
    message["In-Reply-To"] = to["Message-ID"]
    return message


def _mail(name: str, address: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{address}>"
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(utc_now())
    message.set_content(text)
    return message
