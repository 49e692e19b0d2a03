# ruff: noqa: E501 -- mail stands here as it came
"""HTML → readable text, and → new text by what the markup says of quoting."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.mail.html import html_to_text
from router.mail.region import new_text, new_text_of_html

READABLE = [
    ("<p>Dua <b>te</b>bal</p>", "Dua tebal"),
    ("<p>satu</p><p>dua</p>", "satu\n\ndua"),
    ("<div>satu</div><div>dua</div>", "satu\ndua"),
    ("<div>satu<br></div><div><br></div><div>dua</div>", "satu\n\ndua"),
    ("satu<br>dua<br><br>tiga", "satu\ndua\n\ntiga"),
    ("satu<br><br><br><br>dua", "satu\n\ndua"),
    ("a &amp; b &lt;c&gt; &eacute;&#233;&#x2019;&nbsp;d", "a & b <c> éé’ d"),
    ("  banyak\n   <i> spasi </i>\n di sini ", "banyak spasi di sini"),
    (
        "<p class=MsoNormal>satu<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>dua</p>",
        "satu\n\ndua",
    ),
    ("<head><title>t</title><style>p{}</style></head><body><script>x()</script>isi</body>", "isi"),
    ("<!-- rahasia --><p>isi<!-- lagi --></p>", "isi"),
    ("isi<style>a{}</style><template><p>no</p></template>", "isi"),
    ('<div style="display:none">pratinjau</div>isi', "isi"),
    ('<div style="DISPLAY : None !important">pratinjau</div>isi', "isi"),
    ('<span style="visibility:hidden">x</span><p hidden>y</p><span style="mso-hide:all">z</span>isi', "isi"),
    ('<span style="font-size:0px">pratinjau</span><span style="font-size:0.9em">isi</span>', "isi"),
    ('<table><tr><td style="font-size:0px"><div style="font-size:13px">isi</div></td></tr></table>', "isi"),
    ('<div style="max-height:0px;overflow:hidden">pratinjau</div>isi', "isi"),
    (
        "<table><tr><th>Lokasi</th><th>Tanggal</th></tr><tr><td>Kupang</td><td>2 Des</td></tr></table>",
        "Lokasi\tTanggal\nKupang\t2 Des",
    ),
    (
        "<table><tr><td><p>Lokasi</p></td><td><p>Tanggal</p></td></tr><tr><td><p>a</p></td><td><p>b</p></td></tr></table>x",
        "Lokasi\tTanggal\na\tb\nx",
    ),
    ("<table><tr><td>satu<br>dua</td><td>tiga</td></tr></table>", "satu\ndua\ntiga"),
    (
        "<ul><li>satu</li><li><p>dua</p></li></ul><ol><li>tiga</li><li>empat</li></ol>",
        "- satu\n- dua\n1. tiga\n2. empat",
    ),
    ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
    ('<div style="white-space:pre-wrap">a\n b</div>', "a\n b"),
    ('<a href="https://x.id/panjang">tautan</a> ini', "tautan ini"),
    ('<img src="a.png" alt="logo">isi', "isi"),
    ("ze\u200bro wi\u00addth\ufeff", "zero width"),
    ("<h1>Judul</h1>isi", "Judul\n\nisi"),
    ("teks saja", "teks saja"),
    ("", ""),
    ("<p>tak <b>ditutup<p>dua", "tak ditutup\n\ndua"),
    ("<div>satu</div>dua<div>tiga</div>", "satu\ndua\ntiga"),
    ("a < b dan c > d", "a < b dan c > d"),
    ("-- <br>Budi", "-- \nBudi"),
    ("<p>\ud800x</p>", "?x"),
]


@pytest.mark.parametrize(("html", "text"), READABLE)
def test_html_reads_as_a_reader_sees_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "<div>x" * 300_000,
        "<div></p>" * 100_000,
        "<li><ul>" * 50_000,
        "<!--" * 200_000,
        "<div><!--x" * 100_000,
        "<style>" * 100_000,
        "<" * 1_000_000,
        "<a " * 300_000 + "<div>" * 3_000,
        "<p>x" * 200_000,
        "<table><tr><td>" * 30_000,
        "&" * 1_000_000,
        "<b>" * 2_000 + "<div>" * 1_900 + "</b>" * 2_000,
        '<div style="' + "a:b;" * 250_000 + '">x',
        "<blockquote type=cite>" * 1_900,
    ],
    ids=range(15),
)
def test_hostile_html_takes_linear_time(html: str) -> None:
    start = time.process_time()
    html_to_text(html)
    new_text_of_html(html)
    assert time.process_time() - start < 8  # about two seconds at most on an idle machine


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                "</",
                "div",
                "blockquote type=cite",
                "p",
                " ",
                "x",
                "&",
                ";",
                "<!--",
                "-->",
                "td",
                "li",
                "pre",
                "\n",
                "br",
            ]
        ),
        max_size=60,
    )
)
def test_any_html_is_read(parts: list[str]) -> None:
    html = "".join(parts)
    assert "\r" not in html_to_text(html)
    new = new_text_of_html(html)
    assert new is None or len(new) <= len(html) * 4


def test_embedded_image_takes_no_room() -> None:
    image = '<img src="data:image/png;base64,' + "A" * 3_000_000 + '">'
    assert html_to_text(f"<p>sebelum</p>{image}<p>sesudah</p>") == "sebelum\n\nsesudah"


OLD = "Yth. Bapak/Ibu, laporan Anda kami terima.<br>HERO"
BLOCK = "<b>From:</b> HERO &lt;hero@kemendag.go.id&gt;<br><b>Sent:</b> Tuesday, March 3, 2026 10:11 AM<br><b>To:</b> Budi<br><b>Subject:</b> Laporan"
QUOTES = {
    "gmail": f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Ing dina Sel, 3 Mar 2026 HERO &lt;<a href="mailto:h@x.id">h@x.id</a>&gt; nyerat:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{OLD}</blockquote></div>',
    "gmail-old": f'<div class="gmail_extra"><br><div class="gmail_quote">2016-03-03 10:11 GMT+07:00 HERO <span dir="ltr">&lt;h@x.id&gt;</span>:<br><blockquote class="gmail_quote" style="border-left:1px #ccc solid">{OLD}</blockquote></div></div>',
    "outlook-web": f'<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{BLOCK}</font><div>&nbsp;</div></div><div>{OLD}</div>',
    "outlook-web-unknown-language": f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><b>Saka:</b> HERO<br><b>Kapan:</b> Slasa</div><div>{OLD}</div>',
    "outlook-desktop": f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{BLOCK}<o:p></o:p></p></div><p class="MsoNormal">{OLD}</p>',
    "outlook-mobile": f'<div id="ms-outlook-mobile-signature">Dapatkan <a href="https://aka.ms/o0ukef">Outlook untuk iOS</a></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg">{BLOCK}</div><div>{OLD}</div>',
    "outlook-mac": f'<div id="mail-editor-reference-message-container"><div style="border-top:1pt solid #B5C4DF"><p class="MsoNormal">{BLOCK}</p></div><div>{OLD}</div></div>',
    "apple": f'<div><br><blockquote type="cite"><div>On 3 Mar 2026, at 10.11, HERO &lt;h@x.id&gt; wrote:</div><br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div>',
    "ios": f'<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Dikirim dari iPhone saya</div><div dir="ltr"><br><blockquote type="cite">Pada 3 Mar 2026, pukul 10.11, HERO &lt;h@x.id&gt; menulis:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff{OLD}</div></blockquote>',
    "thunderbird": f'<div class="moz-cite-prefix">Am 03.03.2026 um 10:11 schrieb HERO:<br></div><blockquote type="cite" cite="mid:a@x.id"><p>{OLD}</p></blockquote>',
    "yahoo": f'<div id="ydp7yahoo_quoted_77" class="yahoo_quoted"><div>Pada Selasa, 3 Maret 2026 10.11.12 WIB, HERO &lt;h@x.id&gt; menulis: </div><div>{OLD}</div></div>',
    "yahoo-android": f'<div id="ymail_android_signature"><a href="https://x">Dikirim dari Yahoo Mail di Android</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> <div style="font-family:Roboto; color:#6D00F6;"> <div>Pada Sel, 3 Mar 2026 pada 10.11, HERO</div><div>&lt;hero@kemendag.go.id&gt; menulis:</div> </div> <div style="padding: 10px 0 0 20px; border-left: 1px solid #6D00F6;"> {OLD} </div> </blockquote>',
    "zimbra": f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Dari: </b>"HERO" &lt;h@x.id&gt;<br><b>Kepada: </b>"Budi"<br><b>Terkirim: </b>Selasa, 3 Maret 2026 10:11:12<br><b>Perihal: </b>Laporan</div><div><br></div><div data-marker="__QUOTED_TEXT__">{OLD}</div>',
    "proton": f'<div class="protonmail_quote">Pada Selasa, 3 Maret 2026 10:11, HERO &lt;h@x.id&gt; menulis:<br><blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "roundcube": f'<p id="reply-intro">Pada 2026-03-03 10:11, HERO menulis:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{OLD}</blockquote>',
    "qq": f'<div><includetail><div>&nbsp;</div><div style="font-size:12px;padding:2px 0;">------------------&nbsp;Original&nbsp;------------------</div><div style="background:#efefef"><div><b>From: </b>&nbsp;"HERO"&lt;h@x.id&gt;;</div><div><b>Date: </b>&nbsp;Tue, Mar 3, 2026 10:11 AM</div><div><b>To: </b>&nbsp;"Budi"&lt;b@x.id&gt;;</div><div><b>Subject: </b>&nbsp;Laporan</div></div><div>{OLD}</div></includetail></div>',
    "netease": f'<div id="isReplyContent">在 2026-03-03 10:11:12，"HERO" &lt;h@x.id&gt; 写道：<blockquote id="isReplyContent">{OLD}</blockquote></div>',
    "samsung": f"<div>-------- Pesan asli --------</div><div>Dari: HERO &lt;h@x.id&gt; </div><div>Tanggal: 03/03/26  10.11  (GMT+07:00) </div><div>Ke: b@x.id </div><div>Subjek: Laporan </div><div><br></div><div>{OLD}</div>",
    "plain-blockquote": f"<div>Pada 3 Mar 2026, pukul 10.11, HERO &lt;h@x.id&gt; menulis:</div><blockquote>{OLD}</blockquote>",
    "airmail": f'<p class="airmail_on">On 3 March 2026 at 10:11:12, HERO (h@x.id) wrote:</p><blockquote type="cite" class="clean_bq"><div>{OLD}</div></blockquote>',
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_quote_that_the_markup_shows_goes(quote: str) -> None:
    html = f"<html><body><div>Sudah <b>bi</b>sa.</div><div><br></div><div>Salam,<br>Budi</div>{quote}</body></html>"
    new = new_text_of_html(html, "Re: Laporan")
    if new is None:
        new = new_text(html_to_text(html), "Re: Laporan")
    assert new == "Sudah bisa.\n\nSalam,\nBudi"


def test_answers_between_quoting_elements_stay() -> None:
    html = (
        '<div>Halo,</div><div class="moz-cite-prefix">On 03/03/2026 10:11, A wrote:</div><blockquote type="cite">Satu?</blockquote>'
        '<p>Ya.</p><blockquote type="cite"><blockquote type="cite">lama</blockquote>Dua?</blockquote><p>Tidak.</p>'
    )
    assert new_text_of_html(html, "Re: X") == "Halo,\nYa.\n\nTidak."


FORWARDS = {
    "gmail": '<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Pesan terusan ---------<br>Dari: <b>A</b> <span>&lt;a@x.id&gt;</span><br>Date: Sel, 3 Mar 2026<br>Subject: X<br>To: B<br></div><br><br>Isi yang diteruskan<blockquote class="gmail_quote" style="border-left:1px solid">lama</blockquote></div>',
    "apple": '<div><br><blockquote type="cite"><div>Begin forwarded message:</div><br><div><b>From: </b>A &lt;a@x.id&gt;</div><div><b>Subject: </b>X</div><br><div>Isi yang diteruskan</div><div>lama</div></blockquote></div>',
    "thunderbird": '<div class="moz-forward-container"><br>-------- Pesan Terusan --------<table class="moz-email-headers-table"><tr><th>Subjek: </th><td>X</td></tr><tr><th>Dari: </th><td>A</td></tr></table><p>Isi yang diteruskan</p><blockquote type="cite">lama</blockquote></div>',
    "outlook": f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{BLOCK}</div><div>Isi yang diteruskan</div><blockquote type="cite">lama</blockquote>',
}


@pytest.mark.parametrize("forward", FORWARDS.values(), ids=FORWARDS)
def test_forwarded_message_stays(forward: str) -> None:
    new = new_text_of_html(f"<div>Mohon dicek.</div>{forward}", "Fwd: X")
    assert new is not None
    assert new.startswith("Mohon dicek.")
    assert "Isi yang diteruskan" in new
    assert new.endswith("lama")


def test_indented_block_that_nothing_introduces_stays() -> None:
    html = '<div>Kutipan aturan:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Pasal 1</div></blockquote><div>Mohon penjelasan.</div>'
    assert new_text_of_html(html, "Re: X") == "Kutipan aturan:\nPasal 1\nMohon penjelasan."


def test_markup_that_shows_no_quote_decides_nothing() -> None:
    assert new_text_of_html("<p>Halo</p>") is None


def test_border_of_a_layout_is_no_quote() -> None:
    html = '<div>Halo,</div><div style="border-top:solid #E1E1E1 1pt">Rincian pesanan: 20 set</div><div>Budi</div>'
    assert new_text_of_html(html, "Re: X") == "Halo,\nRincian pesanan: 20 set\nBudi"


def test_a_mail_of_40_kb_is_read_fast() -> None:
    row = '<tr><td style="font-family:Arial;font-size:13px"><p class="x">Kata demi <b>kata</b> dalam surat</p></td><td>dua</td></tr>'
    html = f"<html><body><table>{row * (40_000 // len(row))}</table></body></html>"
    start = time.process_time()
    for _ in range(5):
        html_to_text(html)
    assert (time.process_time() - start) / 5 < 0.05  # 3 ms on an idle machine
