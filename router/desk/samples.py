"""Sample data for templates: what `templates preview` shows, and what `check` renders every template with.

The first sample of a name is the full one; the others leave out all that may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from router.desk.card import MARKER, choices, links
from router.desk.contexts import (
    CONTEXTS,
    Acknowledgement,
    AgentNotice,
    CommandHelp,
    Context,
    CustomerNotice,
    Forward,
    Frame,
    House,
    OperatorNotice,
    Relay,
    ServiceInfo,
    Span,
    UnitInfo,
    UnitNotice,
)
from router.desk.templating import LAYOUTS
from router.mail.message import Address
from router.rulebook.decision import Candidate, Decision

_HOUSE = House("HERO", "Kementerian Perdagangan", "hero@kemendag.go.id")
_NUMBER = "HERO-2026-000123"
_SUBJECT = "Sistem e-SKA tidak dapat dibuka sejak pagi"
_WORDS = (
    "Selamat pagi,\n\nSejak pukul 08.00 sistem e-SKA tidak dapat kami buka. Setelah masuk, halaman tetap putih, "
    "padahal hari ini kami harus mengirim Form D untuk tiga kontainer.\n\nMohon bantuannya.\n\nTerima kasih,\n"
    "Ratna Wulandari\nPT Kopi Nusantara Jaya"
)
_SKA = ServiceInfo("A.14", "E-SKA", "Aplikasi", ("internal", "external"), "ska@kemendag.go.id")
_SIGI = ServiceInfo("A.02", "Sistem Pelaporan Gaji (SIGI)", "Aplikasi", ("internal",), "hero@kemendag.go.id")
_SPPD = ServiceInfo("A.17", "E-SPPD", "Aplikasi", ("internal",), "hero@kemendag.go.id")
_CALL = ServiceInfo("D.01", "E-SKA (call center)", "Layanan Call Center")
_DATA = ServiceInfo("B.03", "Permintaan Data SKA", "Layanan Data dan Sistem Informasi")
_UNIT = UnitInfo("pdsi-aplikasi", "PDSI, Tim Aplikasi", "aplikasi.pdsi@kemendag.go.id")
_CUSTOMER = Address("Ratna Wulandari", "ratna@kopinusantara.co.id")
_AGENT = Address("Rina Astuti", "rina@kemendag.go.id")
_STRANGER = Address("", "orang.lain@contoh.id")
_NAMELESS = Address("", "ratna@kopinusantara.co.id")
_MOMENT = datetime(2026, 11, 24, 8, 12, tzinfo=timezone(timedelta(hours=7)))
_LINKS = links(_HOUSE.address, _NUMBER, _SUBJECT)
_CHOICES = choices(
    Decision(
        service="A.14", type="kendala", stated_type=None, audience="external", eligible=True, letter="not-required",
        priority="normal", unit="triage", confidence="unsure", score=0.48,
        alternatives=(Candidate("D.01", 0.31), Candidate("B.03", 0.12)), reasons=(), rules_version="",
    ),
    {service.code: service for service in (_SKA, _CALL, _DATA)},
    _HOUSE.address, _NUMBER, _SUBJECT,
)  # fmt: skip

_SURE = Acknowledgement(
    house=_HOUSE, number=_NUMBER, subject=_SUBJECT, customer=_CUSTOMER, summary=_WORDS, received=_MOMENT, service=_SKA,
    type="kendala", unit=_UNIT, target=Span(2, "hours"),
)  # fmt: skip
_FORWARD = Forward(
    house=_HOUSE, number=_NUMBER, subject=_SUBJECT, customer=_CUSTOMER, author=_CUSTOMER, text=_WORDS, links=_LINKS,
    unit=_UNIT, authenticated=True, received=_MOMENT, service=_SKA, type="kendala", priority="high",
    target=Span(2, "hours"), due=_MOMENT + timedelta(hours=2),
    why="“e-ska” dan “tidak dapat dibuka” di subjek; “halaman putih” di isi",
    files=("tangkapan-layar.png", "Surat Permohonan.pdf"), notes=("Sampaikan juga lewat telepon",),
    assignee="Rina Astuti",
)  # fmt: skip
_TRIAGE = replace(
    _FORWARD, service=None, type=None, priority="normal", candidates=_CHOICES, status="triage", assignee=None, due=None,
    why="beberapa layanan sama mungkinnya", unit=UnitInfo("triage", "Tim Triase", "triase@kemendag.go.id"),
)  # fmt: skip
_AGENT_NOTICE = AgentNotice(
    house=_HOUSE, number=_NUMBER, subject=_SUBJECT, agent=_AGENT, links=_LINKS,
    reason="perintah “#selsai” tidak dikenal; mungkin maksud Anda “#selesai”",
    text="#selsai\n\nYth. Ibu Ratna, sistem sudah pulih.",
    finds=("alamat internal: budi@kemendag.go.id", "nomor tiket lain: HERO-2026-000099"),
    cut=("tanda tangan", "kutipan"), files=("panduan.pdf",), recipients=("ratna@kopinusantara.co.id",),
    commands=(
        CommandHelp("#ambil", "#take", "mengambil tiket ini"),
        CommandHelp("#selesai", "#resolve", "menutup tiket; isi email menjadi jawabannya"),
        CommandHelp("#alih A.14", "#move", "mengalihkan ke layanan atau unit lain"),
    ),
    lines=("HERO-2026-000123  Tinggi  jatuh tempo 10.12  Sistem e-SKA tidak dapat dibuka", "HERO-2026-000124  Normal"),
    moment=_MOMENT, seconds=60, status="in_progress",
)  # fmt: skip
_CUSTOMER_NOTICE = CustomerNotice(
    house=_HOUSE, number=_NUMBER, subject=_SUBJECT, customer=_CUSTOMER, service=_SPPD, unit=_UNIT,
    reason="Permohonan akun memerlukan surat resmi dari pimpinan unit kerja.", status="in_progress", opened=_MOMENT,
    size_mb=48, limit_mb=35,
)  # fmt: skip
_UNIT_NOTICE = UnitNotice(
    house=_HOUSE, number=_NUMBER, subject=_SUBJECT, unit=_UNIT, customer=_CUSTOMER, author=_STRANGER,
    reason="550 5.1.1 alamat tidak dikenal", text="Tolong kirimkan berkasnya ke saya.", files=("berkas.zip",),
    links=_LINKS,
)  # fmt: skip
_OPERATOR = OperatorNotice(
    house=_HOUSE, number=_NUMBER, subject=_SUBJECT, reason="550 5.1.1 alamat tidak dikenal", id="4711", stage="parse",
    recipient="ratna@kopinusantara.co.id", moment=_MOMENT,
    lines=('rules/catalog/a14-e-ska.toml:23:11: signal 2: unknown key "weigth"; did you mean "weight"?',),
)  # fmt: skip


def _acknowledgements(name: str) -> tuple[Context, ...]:
    full = {
        "acknowledgement": _SURE,
        "acknowledgement.unsure": replace(_SURE, service=None, type=None, unit=None, target=None, candidates=_CHOICES),
        "acknowledgement.ineligible": replace(_SURE, service=_SIGI, eligible=False, subject="Laporan gaji SIGI"),
        "acknowledgement.letter": replace(
            _SURE, service=_SPPD, type="permohonan", letter="missing", audience="internal",
            subject="Permohonan akun E-SPPD",
            summary="Mohon dibuatkan akun E-SPPD untuk tiga pegawai baru di Direktorat kami.",
        ),
    }[name]  # fmt: skip
    bare = replace(
        full, customer=_NAMELESS, received=None, target=None, type=None, unit=None, candidates=(), summary=""
    )
    return full, bare


def _forwards(name: str) -> tuple[Context, ...]:
    full = _TRIAGE if name == "forward.triage" else _FORWARD
    if name == "forward.followup":
        full = replace(
            full, text="Sampai siang ini masih belum bisa. Terlampir tangkapan layarnya.", status="in_progress"
        )
    bare = replace(
        full, customer=_NAMELESS, author=_STRANGER, service=None, type=None, target=None, due=None, received=None, why="",
        files=(), notes=(), candidates=(), assignee=None, text="", authenticated=None, audience="internal",
    )  # fmt: skip
    return full, replace(full, eligible=False, letter="missing", audience="internal", authenticated=False), bare


def _relays(_: str) -> tuple[Context, ...]:
    words = (
        "Yth. Ibu Ratna,\n\nSistem e-SKA sudah pulih sejak pukul 09.30. Silakan mencoba kembali.\n\n"
        "Terima kasih atas laporannya."
    )
    return (
        Relay(house=_HOUSE, number=_NUMBER, subject=_SUBJECT, customer=_CUSTOMER, text=words, signature=_UNIT.name),
    )


_REASONS = {
    "notice.agent.empty": "",
    "notice.agent.unverified": "dmarc=fail untuk kemendag.go.id",
    "notice.agent.held": "jawaban itu memuat hal yang tampaknya internal",
    "notice.agent.list": "Tiket Anda yang masih terbuka:",
}


def _agents(name: str) -> tuple[Context, ...]:
    full = replace(_AGENT_NOTICE, reason=_REASONS.get(name, _AGENT_NOTICE.reason))
    if name == "notice.agent.receipt":
        full = replace(full, text="Yth. Ibu Ratna,\n\nsistem sudah pulih.")
    bare = replace(
        full, links=None, reason="", text="", finds=(), cut=(), files=(), recipients=(), commands=(), lines=(), moment=None,
        seconds=0, number=None,
    )  # fmt: skip
    return full, bare


def _customers(name: str) -> tuple[Context, ...]:
    full = _CUSTOMER_NOTICE
    number = None if name == "notice.customer.too-large" else full.number
    return full, replace(full, customer=_NAMELESS, service=None, unit=None, reason="", opened=None, number=number)


def _units(name: str) -> tuple[Context, ...]:
    full = _UNIT_NOTICE if name == "notice.unit.undeliverable" else replace(_UNIT_NOTICE, reason="")
    return full, replace(full, customer=_NAMELESS, reason="", text="", files=(), links=None)


def _operators(name: str) -> tuple[Context, ...]:
    full = {
        "notice.operator.dead": replace(_OPERATOR, stage="", lines=()),
        "notice.operator.quarantine": replace(
            _OPERATOR, number=None, recipient="", lines=(), reason="susunan MIME tidak dapat dibaca"
        ),
        "notice.operator.rules": replace(
            _OPERATOR, number=None, recipient="", id="", stage="", reason="ditemukan 1 kesalahan"
        ),
        "notice.operator.template": replace(
            _OPERATOR, recipient="", id="", stage="", lines=(), reason="template acknowledgement.A.14 (id): UndefinedError"
        ),
    }[name]  # fmt: skip
    return full, replace(full, number=None, id="", stage="", recipient="", moment=None, lines=())


_BY_CONTEXT: dict[type[Context], Callable[[str], tuple[Context, ...]]] = {
    Acknowledgement: _acknowledgements,
    Forward: _forwards,
    Relay: _relays,
    AgentNotice: _agents,
    CustomerNotice: _customers,
    UnitNotice: _units,
    OperatorNotice: _operators,
}


def frames() -> tuple[Frame, ...]:
    """Samples for the shared layouts: each layout, in one language and in both."""
    frame = Frame(
        house=_HOUSE, number=_NUMBER, bodies=("a",), languages=("id",), layout="", title=_SUBJECT, marker=MARKER
    )
    both = replace(frame, bodies=("a", "b"), languages=("id", "en"), number=None)
    return tuple(replace(one, layout=layout) for layout in LAYOUTS for one in (frame, both))


def samples(name: str) -> tuple[Context, ...]:
    """Samples for a name of `CONTEXTS`, the full one first. Raises KeyError for any other name."""
    return _BY_CONTEXT[CONTEXTS[name]](name)
