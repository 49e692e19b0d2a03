# ruff: noqa: E501 -- mail stands here as it came
"""How mail programs of the world introduce an earlier message: every line here was modelled on one of theirs."""

import pytest

from router.mail.region import new_text

ANSWER = "Terima kasih, sudah bisa.\n\nSalam,\nBudi"
X = "Layanan HERO <hero@kemendag.go.id>"

INTRODUCTIONS = [
    # Indonesian
    f"Pada tanggal Sel, 3 Mar 2026 pukul 10.11 {X} menulis:",
    "Pada tanggal Sel, 3 Mar 2026 pukul 10.11 Layanan HERO Kementerian Perdagangan\n<hero@kemendag.go.id> menulis:",
    "Pada tanggal Sel, 3 Mar 2026 pukul 10.11 Layanan HERO Kementerian\nPerdagangan Republik Indonesia <\nhero@kemendag.go.id> menulis:",
    f"Pada Sel, 3 Mar 2026 pukul 10.11 {X} menulis:",
    f"Pada Sel, 3 Mar 2026 10.11, {X} menulis:",
    f"Pada 3 Mar 2026, pukul 10.11, {X} menulis:",
    f"Pada tanggal 3 Mar 2026, pada 10.11, {X} menulis:",
    "\u202aPada tanggal Sel, 3 Mar 2026 pukul 10.11 \u2068Layanan HERO\u2069 <\u202ahero@kemendag.go.id\u202c> menulis:\u202c",
    f"Pada Selasa, 3 Maret 2026 10.11.12 WIB, {X} menulis:",
    "Pada 2026-03-03 10:11, HERO menulis:",
    "Pada tanggal 03/03/26 10.11, HERO Kemendag menulis:",
    f"2026-03-03 10:11 GMT+07:00 {X}:",
    f"Pada hari Selasa, 3 Maret 2026, {X} menulis:",
    f"Sel, 3 Mar 2026 pukul 10.11 {X} menulis:",
    # Malay
    f"Pada Sel, 3 Mac 2026 pada 10:11 PG {X} menulis:",
    f"Pada 3 Mac 2026, pada 10:11 PG, {X} menulis:",
    # English
    f"On Tue, Mar 3, 2026 at 10:11 AM {X} wrote:",
    f"On Tue, Mar 3, 2026 at 10:11\u202fAM {X}\nwrote:",
    "On Tue, Mar 3, 2026 at 10:11 AM Layanan HERO Kementerian Perdagangan <\nhero@kemendag.go.id> wrote:",
    f"On Tue, 3 Mar 2026, 10:11 {X}, wrote:",
    f"On 3 Mar 2026, at 10:11, {X} wrote:",
    f"On Mar 3, 2026, at 10:11 AM, {X} wrote:",
    f"On Tuesday, 3 March 2026, 10:11:12 am GMT+7, {X} wrote:",
    f"On Tuesday, March 3rd, 2026 at 10:11 AM, {X} wrote:",
    f"On Mar 3 2026, at 10:11 am, {X} wrote:",
    "On Mon, Mar 03, 2026 at 10:11:12AM +0700, Layanan HERO wrote:",
    "On Tue, 2026-03-03 at 10:11 +0700, Layanan HERO wrote:",
    "On 03/03/2026 10:11, Layanan HERO wrote:",
    "On 3/3/26 10:11 AM, Layanan HERO wrote:",
    "On Tuesday, 3 March 2026 10:11:12 WIB Layanan HERO wrote:",
    'At 2026-03-03 10:11:12, "HERO" <hero@kemendag.go.id> wrote:',
    "Layanan HERO/PDSI/Kemendag wrote on 03/03/2026 10:11:12 AM:",
    f"{X} wrote on Tue, 3 Mar 2026 10:11:12:",
    # German
    f"Am Di., 3. März 2026 um 10:11 Uhr schrieb {X}:",
    "Am Di., 3. März 2026 um 10:11 Uhr schrieb Layanan HERO <\nhero@kemendag.go.id>:",
    f"Am 03.03.2026 um 10:11 schrieb {X}:",
    "Am 03.03.26 um 10:11 schrieb Layanan HERO:",
    "Am Dienstag, dem 03.03.2026 um 10:11 +0700 schrieb Layanan HERO:",
    "Layanan HERO schrieb am 03.03.2026 10:11:",
    f"{X} hat am 03.03.2026 10:11 CET geschrieben:",
    # French
    f"Le mar. 3 mars 2026 à 10:11, {X} a écrit :",
    f"Le mar. 3 mars 2026 à 10:11, {X} a\u00a0écrit\u00a0:",
    f"Le 3 mars 2026 à 10:11, {X} a écrit :",
    "Le 03/03/2026 à 10:11, Layanan HERO a écrit :",
    "Le mardi 03 mars 2026 à 10:11 +0700, Layanan HERO a écrit :",
    # Spanish
    "El mar, 3 mar 2026 a las 10:11, Layanan HERO (<hero@kemendag.go.id>) escribió:",
    f"El 3 mar 2026, a las 10:11, {X} escribió:",
    "El 03/03/2026 a las 10:11, Layanan HERO escribió:",
    f"El martes, 3 de marzo de 2026, 10:11:12 CET, {X} escribió:",
    # Italian
    f"Il giorno mar 3 mar 2026 alle ore 10:11 {X} ha scritto:",
    f"Il giorno 3 mar 2026, alle ore 10:11, {X} ha scritto:",
    "Il 03/03/2026 10:11, Layanan HERO ha scritto:",
    # Portuguese
    f"Em ter., 3 de mar. de 2026 às 10:11, {X} escreveu:",
    f"Em ter, 3 de mar de 2026 10:11, {X} escreveu:",
    f"No dia 3 de mar. de 2026, às 10:11, {X} escreveu:",
    "Em 03/03/2026 10:11, Layanan HERO escreveu:",
    f"{X} escreveu (terça, 3/03/2026 à(s) 10:11):",
    # Dutch
    f"Op di 3 mrt 2026 om 10:11 schreef {X}:",
    f"Op 3 mrt. 2026 om 10:11 heeft {X} het volgende geschreven:",
    "Op 03-03-2026 om 10:11 schreef Layanan HERO:",
    # Polish
    f"wt., 3 mar 2026 o 10:11 {X} napisał(a):",
    f"Dnia 3 mar 2026 o godz. 10:11 {X} napisał(a):",
    "W dniu 03.03.2026 o 10:11, Layanan HERO pisze:",
    f"Dnia 3 marca 2026 10:11 {X} napisał(a):",
    # Russian, Ukrainian
    f"вт, 3 мар. 2026 г. в 10:11, {X}:",
    f"3 марта 2026 г., в 10:11, {X} написал(а):",
    "03.03.2026 10:11, Layanan HERO пишет:",
    '03.03.2026, 10:11, "Layanan HERO" <hero@kemendag.go.id>:',
    f"Вторник, 3 марта 2026, 10:11 +03:00 от {X}:",
    f"вт, 3 бер. 2026 р. о 10:11 {X} пише:",
    # Chinese
    "Layanan HERO <hero@kemendag.go.id> 于2026年3月3日周二 10:11写道：",
    f"在 2026年3月3日，10:11，{X} 写道：",
    '在 2026-03-03 10:11:12，"Layanan HERO" <hero@kemendag.go.id> 写道：',
    f"{X} 於 2026年3月3日 週二 上午10:11寫道：",
    "在 2026/3/3 10:11, Layanan HERO 写道:",
    # Japanese
    f"2026年3月3日(火) 10:11 {X}:",
    f"2026/03/03 10:11、{X}のメール:",
    "On 2026/03/03 10:11, Layanan HERO wrote:",
    f"{X} さんは書きました (2026/03/03 10:11):",
    # Korean
    f"2026년 3월 3일 (화) 오전 10:11, {X}님이 작성:",
    f"2026. 3. 3. 오전 10:11, {X} 작성:",
    # Turkish
    f"{X}, 3 Mar 2026 Sal, 10:11 tarihinde şunu yazdı:",
    f"{X} şunları yazdı (3 Mar 2026 10:11):",
    "3.03.2026 10:11 tarihinde Layanan HERO yazdı:",
    # Nordic
    f"Den tis 3 mars 2026 kl 10:11 skrev {X}:",
    f"3 mars 2026 kl. 10:11 skrev {X}:",
    "Den 2026-03-03 kl. 10:11, skrev Layanan HERO:",
    f"Den tirs. 3. mar. 2026 kl. 10.11 skrev {X}:",
    f"tir. 3. mar. 2026 kl. 10:11 skrev {X}:",
    "ti 3. maalisk. 2026 klo 10.11 Layanan HERO (hero@kemendag.go.id) kirjoitti:",
    # Czech, Slovak, Hungarian, Romanian, Greek, Hebrew
    f"út 3. 3. 2026 v 10:11 odesílatel {X} napsal:",
    f"3. 3. 2026 v 10:11, {X}:",
    "Dne 03. 03. 26 v 10:11 Layanan HERO napsal(a):",
    f"ut 3. 3. 2026 o 10:11 {X} napísal(a):",
    f"{X} ezt írta (időpont: 2026. márc. 3., K, 10:11):",
    f"mar., 3 mar. 2026 la 10:11, {X} a scris:",
    f"Στις Τρί 3 Μαρ 2026 στις 10:11 π.μ., ο/η {X} έγραψε:",
    "\u202bבתאריך יום ג׳, 3 במרץ 2026 ב-10:11 מאת \u202aLayanan HERO\u202c\u200f <\u202ahero@kemendag.go.id\u202c\u200f>:\u202c",
    # Vietnamese, Thai, Arabic
    f"Vào Th 3, 3 thg 3, 2026 vào lúc 10:11 {X} đã viết:",
    f"Vào 10:11, 3 thg 3, 2026, {X} đã viết:",
    f"ในวันที่ อ. 3 มี.ค. 2026 เวลา 10:11 {X} เขียนว่า:",
    f"ในวันที่ 3 มี.ค. 2569 เวลา 10:11 {X} เขียน:",
    f"في الثلاثاء، 3 مارس 2026 في 10:11 ص تمت كتابة ما يلي بواسطة {X}:",
    f"في ٣ مارس ٢٠٢٦، الساعة ١٠:١١، كتب {X}:",
]

NEEDING_A_QUOTE = [
    "On Tue, 3 Mar 2026, Layanan HERO wrote:",
    "On 11/3/26, Suroso wrote:",
    "Pada 28 Feb, Vina (Call Center) menulis:",
    "Pada tanggal 3 Maret 2026 Layanan HERO menulis:",
    "Layanan HERO wrote:",
    "Layanan HERO <hero@kemendag.go.id> writes:",
    "Layanan HERO menulis:",
    "Anda menulis:",
    "Quoting Layanan HERO <hero@kemendag.go.id>:",
    "Mengutip Layanan HERO <hero@kemendag.go.id>:",
    "Zitat von Layanan HERO <hero@kemendag.go.id>:",
    "Citando Layanan HERO <hero@kemendag.go.id>:",
    "Layanan HERO schrieb:",
    "Am Dienstag, 3. März 2026 schrieb Layanan HERO:",
    "* Layanan HERO <hero@kemendag.go.id> [2026-03-03 10:11]:",
    "Layanan HERO [03/03/2026 10:11]:",
    "Op 3-3-2026 schreef Layanan HERO:",
    "W dniu 03.03.2026, Layanan HERO pisze:",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_introduction_goes_with_a_quote_that_has_no_prefix(introduction: str) -> None:
    text = f"{ANSWER}\n\n{introduction}\n\nYth. Bapak/Ibu,\nlaporan Anda kami terima.\n\nSalam,\nHERO\n"
    assert new_text(text, "Re: Laporan") == ANSWER


@pytest.mark.parametrize("introduction", INTRODUCTIONS + NEEDING_A_QUOTE)
def test_introduction_goes_with_a_quote_and_the_answer_below_stays(introduction: str) -> None:
    text = f"Halo,\n\n{introduction}\n> Sudah bisa?\n>\n> HERO\n\nSudah, terima kasih.\n"
    assert new_text(text, "Re: Laporan") == "Halo,\n\nSudah, terima kasih."


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_introduction_on_top_leaves_the_answer_below(introduction: str) -> None:
    assert new_text(f"{introduction}\n\n> Sudah bisa?\n\nSudah.\n") == "Sudah."


@pytest.mark.parametrize(
    "sentence",
    [
        "On Monday he wrote: the printer is on fire.",
        "On Monday he wrote:",
        "On Tuesday, 3 March 2026 we wrote:",
        "Pada tanggal 3 Maret saya menulis surat:",
        "Pada tanggal 3 Maret 2026 pukul 10.11 kami menulis:",
        "Pada 3 Maret 2026 kami mengirim email ke hero@kemendag.go.id dengan isi:",
        "Pada tanggal 3 Maret 2026 saya menulis ke hero@kemendag.go.id:",
        "Berikut kronologi tanggal 3 Maret 2026 pukul 10.11:",
        "Jadwal 03/03/2026 10:11:",
        "Le 3 mars nous avons écrit :",
        "Am Montag schrieb er mir folgendes:",
        "Kontak: Budi <budi@pt.co.id>:",
        "Hubungi kami di 0812-3456-7890 atau email cs@pt.co.id:",
        "Data per 03/03/2026 dari eksportir@pt.co.id:",
        "Pesan errornya ditulis:",
    ],
)
def test_a_sentence_of_the_writer_introduces_nothing(sentence: str) -> None:
    text = f"Yth. Tim,\n\n{sentence}\n\n1. Halaman putih\n2. Tidak bisa masuk\n\nMohon bantuannya.\nBudi"
    assert new_text(text, "Laporan") == text
