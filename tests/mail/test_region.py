# ruff: noqa: E501 -- mail stands here as it came
"""Regions of a plain body: header blocks, separators, forwards, signatures, footers, and what must stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.mail.region import new_text, split

BLOCKS = {
    "outlook-en": "From: HERO <hero@kemendag.go.id>\nSent: Tuesday, March 3, 2026 10:11 AM\nTo: Budi\nCc: Ani; Tono\nSubject: Laporan",
    "outlook-bold": "*From:* HERO <hero@kemendag.go.id>\n*Sent:* Tuesday, March 3, 2026 10:11 AM\n*To:* Budi\n*Subject:* Laporan",
    "outlook-id": "Dari: HERO <hero@kemendag.go.id>\nDikirim: Selasa, 03 Maret 2026 10.11\nKepada: Budi\nSubjek: Laporan",
    "outlook-id-no-address": "Dari: HERO\nDikirim: Selasa, 03 Maret 2026 10.11\nKe: Budi\nPerihal: RE: Laporan",
    "outlook-mac": "From: HERO <hero@kemendag.go.id>\nDate: Tuesday, 3 March 2026 at 10:11\nTo: Budi <budi@pt.co.id>\nSubject: Laporan",
    "outlook-wrapped-to": "From: HERO <hero@kemendag.go.id>\nSent: 3 March 2026 10:11\nTo: Budi <budi@pt.co.id>; Ani\n<ani@pt.co.id>; Tono\n<tono@pt.co.id>\nSubject: Laporan",
    "outlook-blank-between": "From: HERO <hero@kemendag.go.id>\n\nSent: 3 March 2026 10:11\n\nTo: Budi\n\nSubject: Laporan",
    "outlook-ms": "Daripada: HERO <hero@kemendag.go.id>\nDihantar: Selasa, 3 Mac 2026 10:11 PG\nKepada: Budi\nSubjek: Laporan",
    "outlook-de": "Von: HERO <hero@kemendag.go.id>\nGesendet: Dienstag, 3. März 2026 10:11\nAn: Budi\nBetreff: Laporan",
    "gmx": 'Gesendet: Dienstag, 03. März 2026 um 10:11 Uhr\nVon: "HERO" <hero@kemendag.go.id>\nAn: budi@pt.co.id\nBetreff: Laporan',
    "outlook-fr": "De : HERO <hero@kemendag.go.id>\nEnvoyé : mardi 3 mars 2026 10:11\nÀ : Budi\nObjet : Laporan",
    "outlook-es": "De: HERO <hero@kemendag.go.id>\nEnviado: martes, 3 de marzo de 2026 10:11\nPara: Budi\nAsunto: Laporan",
    "outlook-it": "Da: HERO <hero@kemendag.go.id>\nInviato: martedì 3 marzo 2026 10:11\nA: Budi\nOggetto: Laporan",
    "outlook-pt": "De: HERO <hero@kemendag.go.id>\nEnviado: terça-feira, 3 de março de 2026 10:11\nPara: Budi\nAssunto: Laporan",
    "outlook-br": "De: HERO <hero@kemendag.go.id>\nEnviada em: terça-feira, 3 de março de 2026 10:11\nPara: Budi\nAssunto: RES: Laporan",
    "outlook-nl": "Van: HERO <hero@kemendag.go.id>\nVerzonden: dinsdag 3 maart 2026 10:11\nAan: Budi\nOnderwerp: Laporan",
    "outlook-pl": "Od: HERO <hero@kemendag.go.id>\nWysłano: wtorek, 3 marca 2026 10:11\nDo: Budi\nTemat: Laporan",
    "outlook-ru": "От: HERO <hero@kemendag.go.id>\nОтправлено: 3 марта 2026 г. 10:11\nКому: Budi\nТема: Laporan",
    "outlook-zh": "发件人: HERO <hero@kemendag.go.id>\n发送时间: 2026年3月3日 10:11\n收件人: Budi\n主题: Laporan",
    "outlook-zh-wide": "发件人：HERO <hero@kemendag.go.id>\n发送时间：2026年3月3日 10:11\n收件人：Budi\n主题：Laporan",
    "outlook-tw": "寄件者: HERO <hero@kemendag.go.id>\n寄件日期: 2026年3月3日 10:11\n收件者: Budi\n主旨: Laporan",
    "outlook-ja": "差出人: HERO <hero@kemendag.go.id>\n送信日時: 2026年3月3日 10:11\n宛先: Budi\n件名: Laporan",
    "outlook-ko": "보낸 사람: HERO <hero@kemendag.go.id>\n보낸 날짜: 2026년 3월 3일 화요일 오전 10:11\n받는 사람: Budi\n제목: Laporan",
    "outlook-tr": "Kimden: HERO <hero@kemendag.go.id>\nGönderildi: 3 Mart 2026 Salı 10:11\nKime: Budi\nKonu: Laporan",
    "outlook-sv": "Från: HERO <hero@kemendag.go.id>\nSkickat: den 3 mars 2026 10:11\nTill: Budi\nÄmne: Laporan",
    "outlook-da": "Fra: HERO <hero@kemendag.go.id>\nSendt: 3. marts 2026 10:11\nTil: Budi\nEmne: Laporan",
    "outlook-cs": "Od: HERO <hero@kemendag.go.id>\nOdesláno: úterý 3. března 2026 10:11\nKomu: Budi\nPředmět: Laporan",
    "outlook-vi": "Từ: HERO <hero@kemendag.go.id>\nĐã gửi: 3 Tháng Ba 2026 10:11\nĐến: Budi\nChủ đề: Laporan",
    "outlook-th": "จาก: HERO <hero@kemendag.go.id>\nส่ง: 3 มีนาคม 2569 10:11\nถึง: Budi\nเรื่อง: Laporan",
    "outlook-ar": "من: HERO <hero@kemendag.go.id>\nتاريخ الإرسال: 03/مارس/2026 10:11\nإلى: Budi\nالموضوع: Laporan",
    "outlook-fi": "Lähettäjä: HERO <hero@kemendag.go.id>\nLähetetty: tiistai 3. maaliskuuta 2026 10.11\nVastaanottaja: Budi\nAihe: Laporan",
    "windows-mail": "От: HERO\nОтправлено: вторник, 3 марта 2026 г. 10:11\nКому: Budi",
    "hotmail": "Date: Tue, 3 Mar 2026 10:11:12 +0700\nSubject: Laporan\nFrom: hero@kemendag.go.id\nTo: budi@pt.co.id",
    "notes": "From:   HERO/Kemendag <hero@kemendag.go.id>\nTo:     Budi/PT\nDate:   03/03/2026 10:11\nSubject:        Laporan",
}

RULES = {
    "none": "",
    "underscores": "________________________________\n",
    "original": "-----Original Message-----\n",
    "original-id": "-----Pesan Asli-----\n",
    "zimbra-id": "----- Pesan Asli -----\n",
    "samsung": "-------- Pesan asli --------\n",
    "de": "-----Ursprüngliche Nachricht-----\n",
    "fr": "-----Message d'origine-----\n",
    "qq": "------------------ 原始邮件 ------------------\n",
}
QUOTED = "\n\nYth. Bapak/Ibu,\nlaporan Anda kami terima.\n\nHERO"


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_header_block_and_what_follows_go(block: str, rule: str) -> None:
    assert new_text(f"Sudah bisa.\n\nBudi\n\n{rule}{block}{QUOTED}", "Re: Laporan") == "Sudah bisa.\n\nBudi"


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_header_block_under_a_forward_stays(block: str) -> None:
    text = f"Mohon ditindaklanjuti.\n\nBudi\n\n{block}{QUOTED}"
    assert new_text(text, "FW: Laporan") == text
    assert new_text(text, "Trs: Laporan") == text


ENTIRE = {  # ordinary mail: nothing is cut
    "pasted-header": "Header yang bermasalah:\n\nReceived: from a by b; Tue, 3 Mar 2026 10:11:12 +0700\nFrom: Ani <ani@x.id>\nTo: Budi <budi@x.id>\nSubject: tes\nDate: Tue, 3 Mar 2026 10:11:12 +0700\n\nMengapa masuk spam?",
    "pasted-header-upside-down": "Lihat:\n\nFrom: Ani <ani@x.id>\nTo: Budi <budi@x.id>\nSubject: tes\nDate: Tue, 3 Mar 2026 10:11:12 +0700\nReceived: from a by b\n\nMengapa masuk spam?",
    "dashes-first": "--\nTolong bantu, aplikasi tidak bisa dibuka.",
    "shipment": "Rute:\n\nFrom: Jakarta\nTo: Surabaya\nDate: 3 Maret 2026\n\nMohon konfirmasi.",
    "memo": "NOTA DINAS\n\nYth.   : Kepala Pusdatin\nDari    : Kepala Biro OSDM\nHal     : Permohonan akun\nTanggal : 3 Maret 2026\n\nBersama ini kami mohon akun.",
    "memo-number": "Nomor: 12/ND/2026\nKepada: Kepala PDSI\nDari: Kepala Biro\nTanggal: 3 Maret 2026\nPerihal: Permohonan akun INATRADE\n\nMohon dibuatkan.",
    "memo-dari-first": "Dari: Kepala Biro\nKepada: Kepala PDSI\nTanggal: 3 Maret 2026\nPerihal: Permohonan akun\n\nMohon dibuatkan.",
    "dash-list": "Kendala:\n- login\n- unggah\n-- catatan: sejak pagi\n\nTerima kasih",
    "rule-markdown": "Bagian 1\n\n---\n\nBagian 2\n\n***\n\nBagian 3",
    "form": "Nama: ____________\nNIP: ____________\n\n__________________\nTanda tangan\n\nMohon dicek formulirnya.",
    "signing-line": "Hormat kami,\n\n______________________\nBudi Santoso\nDirektur",
    "bullets": "Dokumen yang kami lampirkan:\n> KTP\n> NPWP\n> Surat kuasa\nMohon dicek.",
    "prompt": "Saya coba:\n>>> import requests\n>>> requests.get(url)\ngagal dengan timeout",
    "code": "Skrip:\n\nif a > b:\n    print('-- selesai --')\n\nMohon dicek",
    "table": "| HS | Nilai |\n| --- | --- |\n| 1801 | 20 |\n\nMohon data serupa.",
    "dashes-inside": "Server -- yang lama -- mati.\n\nTolong.",
    "sections": "Masalah satu\n--\nMasalah dua\n--\nMasalah tiga",
    "sent-from": "Barang dikirim dari Samsung Electronics Cikarang ke Surabaya kemarin.\n\nDikirim dari gudang Cibitung\nTanggal 3",
    "short": "Sudah.",
    "cc-line": "Cc: Pak Toni\n\nMohon dibantu, akun terkunci.",
    "contact": "Kontak:\nEmail: budi@pt.co.id\nTelp: 021-555\nTanggal: 3 Maret 2026 10.11\n\nTerima kasih",
    "original-word": "Pesan asli sudah saya hapus.\nOriginal message hilang.\n\nMohon dikirim ulang.",
    "arrow": "Menu > Pengajuan > Kirim\n\n-> muncul galat\n=> blank",
    "outlook-sentence": "Outlook di Android tidak bisa dibuka\nGet Outlook error terus\n\nSent from my computer it works.\nDikirim dari kantor pos",
    "mbox-escape": "Kronologi:\n\n>From the beginning sudah begitu.\n\nBudi",
    "shipment-with-address": "Rincian pengiriman:\nFrom: PT A <a@x.id>\nTo: PT B\nDate: 3 Maret 2026 10:11\nVessel: MV X\n\nMohon dicek",
    "log": "Log:\n2026-03-03 10:11:12 ERROR user <a@x.id>:\ntimeout\nMohon dicek",
    "chat": "Kronologi:\n[03/03/26 10.11] Budi: tolong\n[03/03/26 10.12] Ani: oke",
    "email-dump": "Error log:\nFrom: sistem\nSubject: gagal kirim\n\nkenapa begitu?",
}


@pytest.mark.parametrize("text", ENTIRE.values(), ids=ENTIRE)
def test_ordinary_mail_stays_entire(text: str) -> None:
    assert new_text(text, "Laporan") == text
    assert new_text(text) == text


FORWARDS = {
    "gmail-en": "---------- Forwarded message ---------\nFrom: A <a@x.id>\nDate: Tue, 3 Mar 2026\nSubject: X\nTo: B\n\nIsi\n\nOn Mon, Mar 2, 2026 at 10:11 AM C <c@x.id> wrote:\n\n> lama",
    "gmail-id": "---------- Pesan terusan ---------\nDari: A\nIsi",
    "thunderbird": "-------- Forwarded Message --------\nSubject: X\nDate: Tue, 3 Mar 2026 10:11:12 +0700\nFrom: A <a@x.id>\nTo: B <b@x.id>\n\nIsi\n-- \nA",
    "thunderbird-id": "-------- Pesan Terusan --------\nSubjek: X\nIsi",
    "apple-en": "Begin forwarded message:\n\nFrom: A <a@x.id>\nSubject: X\nDate: 3 March 2026 at 10.11 WIB\nTo: b@x.id\n\nIsi",
    "apple-quoted": "> Begin forwarded message:\n> \n> From: A <a@x.id>\n> Subject: X\n> Date: 3 March 2026\n> \n> Isi",
    "apple-id": "Mulai meneruskan pesan:\n\n> Dari: A <a@x.id>\n> Perihal: X\n>\n> Isi",
    "apple-id-2": "Awal pesan terusan:\n\nDari: A <a@x.id>\nIsi",
    "mutt": "----- Forwarded message from A <a@x.id> -----\n\nDate: Tue, 3 Mar 2026\nIsi\n\n----- End forwarded message -----",
    "notes": "----- Forwarded by Budi/PT on 03/03/2026 10:11 AM -----\n\nFrom: A/PT\nIsi",
    "zimbra-id": "----- Pesan yang Diteruskan -----\nDari: A <a@x.id>\nIsi",
    "de": "---------- Weitergeleitete Nachricht ---------\nVon: A\nIsi",
    "fr": "---------- Message transféré ---------\nDe : A\nIsi",
    "es": "---------- Mensaje reenviado ---------\nDe: A\nIsi",
    "unknown-gmail": "---------- Ṁesaġġ mibgħut ---------\nMingħand: A\nIsi",
    "zh": "---------- 转发的邮件 ---------\n发件人: A\nIsi",
    "ja": "---------- 転送メッセージ ---------\nFrom: A\nIsi",
    "ko": "---------- 전달된 메시지 ---------\n보낸사람: A\nIsi",
    "ru": "-------- Пересылаемое сообщение --------\nОт: A\nIsi",
}


@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
def test_forwarded_message_stays_and_the_signature_above_it_goes(forward: str) -> None:
    assert new_text(f"Mohon dicek.\n\n{forward}", "Fwd: X") == f"Mohon dicek.\n\n{forward}"
    assert new_text(f"Mohon dicek.\n\n{forward}") == f"Mohon dicek.\n\n{forward}"
    assert new_text(f"Mohon dicek.\n\n-- \nBudi\nPT Maju\n\n{forward}", "X") == f"Mohon dicek.\n\n{forward}"
    assert new_text(forward, "Fwd: X") == forward


@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
def test_forward_within_a_quote_goes_with_it(forward: str) -> None:
    quoted = "\n".join(f"> {line}" for line in forward.split("\n"))
    text = f"Sudah kami cek.\n\nOn Tue, Mar 3, 2026 at 10:11 AM A <a@x.id> wrote:\n\n> Mohon dicek.\n> \n{quoted}\n"
    assert new_text(text, "Re: X") == "Sudah kami cek."


SEPARATORS = {
    "zendesk": "##- Please type your reply above this line -##\n\nHalo, tiket Anda.",
    "own": "## Balas di atas garis ini ##\n\nTiket HERO-2026-000123",
    "proton": "------- Original Message -------\nOn Tuesday, March 3rd, 2026 at 10:11 AM, HERO <hero@kemendag.go.id> wrote:\n\n> Sudah bisa?\n> HERO",
    "proton-id": "-------- Pesan Asli --------\nPada 03/03/26 10.11, HERO menulis:\n\n> Sudah bisa?",
    "notes-web": "-----HERO <hero@kemendag.go.id> wrote: -----\nTo: Budi\nFrom: HERO\nDate: 03/03/2026\nSubject: X\n\nIsi",
    "groupwise": ">>> HERO <hero@kemendag.go.id> 03/03/26 10:11 >>>\nIsi lama\nbaris dua",
    "groupwise-am": ">>> Layanan HERO 3/3/2026 10:11 AM >>>\nIsi lama",
    "original-bare": "----- Original Message -----\nIsi lama",
    "seznam": "---------- Původní e-mail ----------\nOd: HERO <hero@kemendag.go.id>\nKomu: budi@pt.co.id\nDatum: 3. 3. 2026 10:11\nPředmět: X\n\nIsi",
    "orange": "> Message du 03/03/26 10:11\n> De : HERO\n> A : budi@pt.co.id\n> Objet : X\n>\n> Isi",
    "naver": "-----Original Message-----\nFrom: HERO <hero@kemendag.go.id>\nTo: <budi@pt.co.id>;\nCc:\nSent: 2026-03-03 (화) 10:11:12 (GMT+09:00)\nSubject: X\n\nIsi",
    "pipes": "On Tue, Mar 3, 2026 at 10:11 AM HERO <hero@kemendag.go.id> wrote:\n| Sudah bisa?\n| HERO",
    "initials": "HERO <hero@kemendag.go.id> writes:\nLH> Sudah bisa?\nLH> HERO",
    "double-prefix": "On Tue, Mar 3, 2026 at 10:11 AM A <a@x.id> wrote:\n> > Sudah bisa?\n> > HERO\n> Belum.",
    "no-introduction": "> Yth. Bapak/Ibu, kami mengundang\n> perwakilan unit.",
    "underscores-then-intro": "________________________________\nOn Tue, Mar 3, 2026 at 10:11 AM HERO <hero@kemendag.go.id> wrote:\nIsi",
    "one-line-block": "From: HERO <hero@kemendag.go.id> Sent: Tuesday, March 3, 2026 10:11 AM To: Budi Subject: X\n\nIsi",
    "yahoo-android": "Pada Sel, 3 Mar 2026 pada 10.11, HERO<hero@kemendag.go.id> menulis:   Isi lama\nbaris dua",
    "broken-address": "Pada tanggal Sel, 3 Mar 2026 pukul 10.11 HERO <hero@\nkemendag.go.id> menulis:\n\nIsi",
    "two-asterisks": "**From:** HERO <hero@kemendag.go.id>\n**Sent:** Tuesday 10:11\n**To:** B\n**Subject:** X\n\nIsi",
    "spaced-block": "From: HERO <hero@kemendag.go.id>\n \nSent: Tuesday, March 3, 2026 10:11 AM\n \nTo: B\n \nSubject: X\n \n \nIsi",
    "zoho": "---- On Tue, 03 Mar 2026 10:11:12 +0700 HERO <hero@kemendag.go.id> wrote ---\n\nIsi",
    "yahoo-old": "--- On Tue, 3/3/26, HERO <hero@kemendag.go.id> wrote:\n\nFrom: HERO\nSubject: X\n\nIsi",
    "otrs": "03/03/2026 10:11 - Layanan HERO wrote:\n\nIsi",
    "rt": "On Tue Mar 03 10:11:12 2026, hero wrote:\n> Isi",
    "github": "On Tue, Mar 3, 2026 at 10:11 AM HERO ***@***.***> wrote:\n\nIsi",
    "daum": "--------- 원본 메일 ---------\n보낸사람: HERO <hero@kemendag.go.id>\n받는사람: Budi\n날짜: 2026년 3월 3일\n제목: X\n\nIsi",
    "indented": "Pada Sel, 3 Mar 2026 pukul 10.11 HERO <hero@kemendag.go.id> menulis:\n    Isi lama\n    baris dua",
}


@pytest.mark.parametrize("quote", SEPARATORS.values(), ids=SEPARATORS)
def test_other_layouts_of_quotes_go(quote: str) -> None:
    assert new_text(f"Sudah.\n\nSalam,\nBudi\n\n{quote}\n", "Re: X") == "Sudah.\n\nSalam,\nBudi"


def test_answers_between_and_below_quoted_lines_stay() -> None:
    text = "Halo,\n\nOn Tue, Mar 3, 2026 at 10:11 AM A <a@x.id> wrote:\n> Satu?\n\nYa.\n\n> Dua?\n> Tiga?\n\nTidak.\n\n-- \nBudi"
    assert new_text(text, "Re: X") == "Halo,\n\nYa.\n\nTidak."


def test_mail_of_nothing_but_a_quote_has_no_new_text() -> None:
    assert new_text("On Tue, Mar 3, 2026 at 10:11 AM A <a@x.id> wrote:\n> Satu?\n", "Re: X") == ""
    assert new_text("> Satu?\n> Dua?", "Re: X") == ""
    assert new_text("") == new_text("\n\n") == ""


def test_another_help_desks_own_mail_stays() -> None:
    text = "##- Please type your reply above this line -##\n\nPermintaan Anda (48213) telah diperbarui.\n\nTim"
    assert new_text(text, "[LogistikKu] Pembaruan") == text


def test_a_sentence_below_the_thanks_is_no_signature() -> None:
    text = "Sudah kami perbaiki.\n\nTerima kasih atas laporannya.\nSilakan hubungi 021-3858171 atau cs@kemendag.go.id bila masih terkendala"
    assert split(text).new == text


@given(st.text(alphabet="aB> :@.\n-_|<3", max_size=300))
def test_new_text_is_lines_of_the_text_in_order(text: str) -> None:
    rest = iter(text.split("\n"))
    assert all(any(line.strip() in shown for shown in rest) for line in new_text(text).split("\n"))


def test_introduction_with_nothing_below_goes() -> None:
    assert new_text("Sudah.\n\nOn 3 Mar 2026, at 10:11, A <a@x.id> wrote:\n") == "Sudah."


def test_signature_above_the_quote_goes_and_the_answer_below_it_stays() -> None:
    text = (
        "Sudah.\n\n-- \nBudi\n021-555\n\nOn Tue, Mar 3, 2026 at 10:11 AM A <a@x.id> wrote:\n> Satu?\n\nTambahan: dua."
    )
    assert new_text(text) == "Sudah.\n\nTambahan: dua."


@pytest.mark.parametrize("separator", ["-- ", "--\u00a0", "--", "-- \t"])
def test_signature_goes_and_the_closing_stays(separator: str) -> None:
    assert (
        new_text(f"Mohon dicek.\n\nSalam,\nBudi\n{separator}\nBudi Santoso\nPT Maju\n021-555")
        == "Mohon dicek.\n\nSalam,\nBudi"
    )


DEVICES = [
    "Отправлено из мобильной Почты Mail.ru",
    "Sent from my iPhone",
    "Sent from my Galaxy",
    "Sent from my Samsung Galaxy smartphone.",
    "Sent from Outlook for iOS",
    "Sent from Yahoo Mail on Android",
    "Sent from Yahoo Mail for iPhone",
    "Sent from Mail for Windows",
    "Sent from Mail for Windows 10",
    "Sent from my BlackBerry® wireless device",
    "Sent with Proton Mail secure email.",
    "Sent from Proton Mail for iOS",
    "Sent from my iPad, please excuse typos",
    "Sent via the Samsung Galaxy S23, an AT&T 5G smartphone",
    "Sent from Nine",
    "Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    "Sent from my Android phone with mail.com Mail. Please excuse my brevity.",
    "Dikirim dari perangkat Android saya dengan K-9 Mail. Mohon maaf atas singkatnya.",
    "Dikirim dari Mail<https://go.microsoft.com/fwlink/?LinkId=550986> untuk Windows",
    "Powered by Telkomsel BlackBerry®",
    "Get Outlook for iOS",
    "Get Outlook for Android<https://aka.ms/ghei36>",
    "Get Outlook for iOS <https://aka.ms/o0ukef>",
    "Sent from Yahoo Mail: Search, Organize, Conquer",
    "Sent with [Proton Mail](https://proton.me/mail/home) secure email.",
    "Sent from my T-Mobile 4G LTE Device",
    "Sent from Mailspring (https://getmailspring.com/)",
    "Dikirim dari Surat untuk Windows",
    "Envoyé à partir d’Outlook pour iOS",
    "Téléchargez Outlook pour Android",
    "Outlook für Android herunterladen",
    "Скачать Outlook для Android",
    "Outlook for iOS を入手",
    "Dikirim dari iPhone saya",
    "Dikirim dari ponsel saya",
    "Dikirim dari HP saya",
    "Dikirim dari Yahoo Mail untuk Android",
    "Dikirim dari Yahoo Mail di Android",
    "Dikirim dari Outlook untuk Android",
    "Dikirim dari perangkat Samsung Galaxy saya",
    "Dikirim dari Email untuk Windows",
    "Terkirim dari Samsung Mobile",
    "Dapatkan Outlook untuk iOS",
    "Dapatkan Outlook untuk Android<https://aka.ms/AAb9ysg>",
    "Dihantar daripada iPhone saya",
    "Von meinem iPhone gesendet",
    "Gesendet von meinem Samsung Galaxy Smartphone.",
    "Gesendet mit der GMX Mail App",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon appareil mobile Samsung.",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Enviado do meu Samsung Mobile",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanaf mijn Samsung Galaxy-smartphone.",
    "Wysłane z iPhone'a",
    "Отправлено с iPhone",
    "Отправлено из мобильной Яндекс Почты",
    "发自我的iPhone",
    "发自我的 iPhone",
    "從我的 iPhone 傳送",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
    "iPhone'umdan gönderildi",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Odesláno z iPhonu",
    "Đã gửi từ iPhone của tôi",
    "ส่งจาก iPhone ของฉัน",
    "أُرسلت من الـ iPhone",
    "Στάλθηκε από το iPhone μου",
]


@pytest.mark.parametrize("line", DEVICES)
def test_device_line_goes(line: str) -> None:
    assert new_text(f"Sudah bisa.\n\nBudi\n\n{line}\n") == "Sudah bisa.\n\nBudi"
    assert new_text(f"Sudah.\n\n{line}\n\nOn 3 Mar 2026, at 10:11, A <a@x.id> wrote:\n\nlama") == "Sudah."


FOOTERS = {
    "mailman": "_______________________________________________\nForum mailing list\nForum@lists.ppjk.or.id\nhttp://lists.ppjk.or.id/mailman/listinfo/forum",
    "mailman3": "_______________________________________________\nForum mailing list -- forum@lists.x.id\nTo unsubscribe send an email to forum-leave@lists.x.id",
    "id": "____________________________________\nMilis PPJK\nUntuk berhenti berlangganan kirim surel ke forum-unsubscribe@x.id",
    "de": "_______________________________________________\nForum Mailingliste\nForum@x.de\nhttps://x.de/mailman/listinfo/forum",
}


@pytest.mark.parametrize("footer", FOOTERS.values(), ids=FOOTERS)
def test_list_footer_goes(footer: str) -> None:
    assert new_text(f"Ada yang sudah normal?\n\nBudi\n\n{footer}\n") == "Ada yang sudah normal?\n\nBudi"
    assert new_text(f"Sudah.\n\nOn 11/3/26, Suroso wrote:\n> lemot?\n\n{footer}\n") == "Sudah."


def test_split_sets_apart_what_weighs_less() -> None:
    text = (
        "CAUTION: This email originated from outside of the organization.\n\nMohon reset akun e-SKA.\n\n"
        "Hormat kami,\nBudi Santoso\nKepala Seksi\nTelp. 021-5551234\n\n"
        "Email ini dan lampirannya bersifat rahasia dan hanya ditujukan kepada penerima.\n\n"
        "On 3 Mar 2026, at 10:11, A <a@x.id> wrote:\n> lama"
    )
    regions = split(text)
    assert regions.new == "Mohon reset akun e-SKA.\n\nHormat kami,"
    assert regions.signature == "Budi Santoso\nKepala Seksi\nTelp. 021-5551234"
    assert "rahasia" in regions.disclaimer
    assert "CAUTION" in regions.disclaimer
    assert regions.quote == "On 3 Mar 2026, at 10:11, A <a@x.id> wrote:\n> lama"
    assert "rahasia" in new_text(text)
    assert "Telp." in new_text(text)


@pytest.mark.parametrize(
    "hostile",
    [
        "On x " * 20_000,
        "On Tue\n" * 5_000,
        "On Tue, 3 Mar 2026 10:11\n" * 20_000,
        "From: a\n" * 50_000,
        "From: a@b.c\nSent: 1\n" * 30_000,
        "> x\n" * 300_000,
        ">" * 1_000_000,
        "> " * 500_000,
        "-- \n" * 100_000,
        "_" * 1_000_000,
        ("_" * 40 + "\n") * 30_000,
        "wrote:\n" * 100_000,
        "a@b.c <a@b.c> 2026 10:11:\n" * 40_000,
        "Sent from my iPhone\n" * 50_000,
        " " * 1_000_000,
        "\n" * 1_000_000,
        "Kata biasa dalam surat panjang sekali.\n" * 130_000,
    ],
    ids=range(17),
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    start = time.process_time()
    new_text(hostile)
    split(hostile[:200_000])
    assert time.process_time() - start < 5  # about a second on an idle machine
