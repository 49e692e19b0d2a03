"""What stands below a person's words and isn't theirs to say: device lines, list footers, signatures, disclaimers.

Only the formal kinds (a line "-- ", a device line, a list's footer) may be cut from a message; the others are guesses,
good enough to weigh words less.
"""

from __future__ import annotations

import re
from typing import Final

from router.mail.lines import Line

FOOTER_LINES: Final = 15
LOOSE_SIGNATURE_LINES: Final = 12

_DEVICE: Final = (
    r"[\[<*_]?(?:(?:الـ?|my|a|the|mobilen|мобильной|мобильного|der|email untuk|surat untuk|mel untuk|perangkat|"
    r"aplikasi|aplikację|l'application|l’application|perangkat seluler|appareil mobile|appareil|meinem|meinen|mon|"
    r"ma|můj|mého|mého|mi|meu|mijn|min|mit|mitt|moj\w*|mé\w*|il mio|dal mio|mio|o|un|une|een|et|our|saya|saja)\s)?"
    r"(?:(?:all new|new|secure|verizon|at&t|t-mobile|samsung|apple|sony|nokia|microsoft|google|telkomsel|xl|"
    r"indosat|4g|5g|lte|huawei|bell|rogers)[,\s]+){0,3}"
    r"(?:gmx|web\.de|t-online|libero|orange|la poste|iphone|ipad|ipod|android|samsung|galaxy|xiaomi|redmi|poco|"
    r"oppo|vivo|realme|infinix|huawei|honor|blackberry|nokia|sony|xperia|"
    r"asus|zenfone|windows|outlook|yahoo|gmail|hotmail|ponsel|hp|handphone|telepon|telefon|mobile|smartphone|handy|"
    r"tablet|phone|cell|mobil\w*|teléfono|portable|téléphone|móvil|celular|telemóvel|telefoon|komórk\w*|telefonu|"
    r"iphon\w*|ios|mail|proton|spark|"
    r"aqua|k-9|thunderbird|nine|zoho|mailbird|mymail|mail\.ru|яндекс|yandex|bluemail|edison|airmail|canary|zimbra|"
    r"roundcube|webmail|почт\w*|"
    r"apple watch|device|mac|macbook|surface|workspace|boxer|touchdown|email\.app|titan|fastmail|tuta\w*)"
)
_TAIL: Final = (
    r"(?:[^.!?:]|\.(?:com|co|net|id|ru|de|me)\b){0,45}(?:: (?:search|cari)[^.!?]{0,40})?"
    r"(?:[.!]?\s?[<(\[]?https?://\S{1,300}[^.!?]{0,30}"
    r"|[.,!\s–-]{1,3}(?:please |mohon |maaf |sorry |excuse |pardon ).{0,90})?[.!]?\s?"
)
_GET: Final = (
    r"(?:get|dapatkan|unduh|obtén|obtenez|obtener|obtenir|scarica|ottieni|obter|obtenha|baixe|holen sie sich|"
    r"laden sie|pobierz|download|télécharge[rz]|"
    r"скачать|получить|hämta|hent|skaffa|získat|tải|รับ|الحصول على|获取|取得|"
    r"下载)\s?(?:\w{1,12} ){0,2}outlook\s?.{1,22}?\s?(?:ios|android|mac|windows)\w{0,2}"
    r"\s?(?:[<(\[]?https?://\S{1,300})?"
)
_DEVICE_LINE: Final = re.compile(
    r"[-–—*_\s]{0,4}(?:"
    r"(?:(?:this (?:e-?mail|message) (?:was|is) )?powered by|sent(?: by| with| via| using)?(?: from)?|(?:pesan|email|"
    r"surel) ini dikirim(?:kan)? dari|"
    r"di(?:kirim|kirimkan|posting|hantar)(?: dari| menggunakan| lewat| melalui| dengan| daripada)?|"
    r"terkirim(?: dari)?|dihantar daripada|"
    r"gesendet (?:von|mit)|diese nachricht wurde von|envoyé (?:de|depuis|à partir de|à partir d['’]|avec|"
    r"par)(?: mon)?|télécharge[rz]|enviado (?:desde|do|de|a partir do|pelo|con|com)|"
    r"inviato (?:da|dal|con)|verzonden (?:vanaf|vanuit|met|via|van)|verstuurd (?:vanaf|vanuit|met|via)|"
    r"wysłan[eyo] (?:z|za pomocą)|"
    r"отправлено (?:с|из)|надіслано з|发自(?:我的)?|從我的|寄自|來自|来自|传送自|傳送自|skickat från|sendt fra|"
    r"odesláno ze?|"
    r"odoslané z|đã gửi từ|được gửi từ|gửi từ|"
    r"ส่งจาก|أرسلت من|أُرسلت من|أُرسِلت من|مرسل من|تم الإرسال من|lähetetty|στάλθηκε από(?: το)?|נשלח מ(?:ה)?-?|"
    r"trimis de pe|küldve|enviat des de)"
    rf"\s?{_DEVICE}{_TAIL}"
    rf"|{_GET}"
    r"|(?:von (?:meinem|unterwegs|mein\w*)|van mijn|fra min|från min|自我的|我的)\s?.{0,30}(?:gesendet|verzonden|sendt|"
    r"skickat|发送|傳送)[.!]?"
    r"|(?:iphone|ipad|android|galaxy|xperia|yahoo).{0,30}(?:から送信|에서 보냄|gönderildi|dan gönderildi|küldve|lähetetty)"
    r"|outlook (?:für|voor) \w+ (?:herunterladen|beziehen|downloaden)|outlook for \w+ ?を入手|\w+용 outlook (?:다운로드|"
    r"가져오기)|\w+ için outlook'u edinin"
    r"|(?:나의|내) .{0,30}에서 보냄|.{0,30}(?:から送信|から送信されました)|(?:yahoo|outlook) .{0,30}で(?:送信|取得)|"
    r"發自我的.{0,20}"
    r"|(?:sent|dikirim) (?:while|from) (?:on the go|mobile|perjalanan)"
    r")",
    re.I,
)
_RULE: Final = re.compile(r"_{10,}")
_LIST_WORDS: Final = re.compile(
    r"mailing[- ]?list|mailman|listinfo|milis|unsubscrib|berhenti (?:ber)?langganan|daftar (?:surat|milis)|"
    r"listserv|sympa|googlegroups|groups\.io|"
    r"subscri|liste? de (?:diffusion|distribution|correo)|lista de (?:correo|discuss|distribu)|"
    r"lista di (?:distribuzione|discussione)|mailingli[sš]t|"
    r"lista (?:dyskusyjna|wysyłkowa)|список рассылки|рассылк|邮件列表|郵件論壇|メーリングリスト|메일링 리스트|"
    r"postlist|e-?postlist|"
    r"diskusní|"
    r"[\w.-]+@(?:[\w-]+\.)*(?:lists?|groups|milis)\.|https?://lists?\.",
    re.I,
)
_CLOSING: Final = re.compile(
    r"(?:salam(?: hormat| hangat)?|hormat (?:kami|saya)|demikian.{0,120}|terima kasih.{0,60}|terimakasih.{0,60}|"
    r"wassalam.{0,30}|tks|thx|trims|thanks.{0,40}|"
    r"thank you.{0,40}|(?:best|kind|warm)? ?regards.{0,20}|rgds|sincerely.{0,20}|yours .{0,20}|cheers|"
    r"mit freundlichen grüßen|cordialement|saludos.{0,20})[,.!]?",
    re.I,
)
_CONTACT: Final = re.compile(
    r"@|https?://|www\.|(?:\+?62|0)[\d\s().-]{7,}|\b(?:telp?|hp|wa|fax|faks|phone|mobile|ext|nip|jl|jalan|"
    r"kabupaten|kota|gedung|lantai)\b[.:\s]|"
    r"\b(?:pt|cv|ud)\b\.? \w|\b(?:kepala|direktur|direktorat|biro|dinas|bagian|bidang|seksi|subbag|manager|staf|"
    r"staff|kementerian|divisi|dept|department)\b",
    re.I,
)
_NAME: Final = re.compile(r"\(?[A-Z][\w.'’,()-]{0,40}(?:\s[(&]?[A-Z][\w.'’,()-]{0,40}){0,5}")
_DISCLAIMER: Final = re.compile(
    r"(?:(?:e-?mail|surel|pesan|surat elektronik|informasi)(?: dan| beserta| atau)?.{0,60}(?:bersifat )?(?:rahasia|"
    r"khusus ditujukan|hanya ditujukan|ditujukan hanya)|"
    r"(?:this|the) (?:e-?mail|message|communication|information|transmission).{0,120}(?:confidential|privileged|"
    r"intended (?:only|solely)|solely for)|"
    r"(?:confidentiality|disclaimer|penafian|pernyataan penyangkalan|sangkalan|perhatian|notice|"
    r"privileged)\b.{0,20}[:：].{0,200}|"
    r"(?:if you (?:are not|have received)).{0,80}(?:intended recipient|in error)|(?:jika|"
    r"apabila) anda bukan (?:penerima|pihak)|"
    r"(?:diese e-?mail|ce (?:message|courriel)|este (?:mensaje|correo)|questo messaggio).{0,80}(?:vertraulich|"
    r"confidentiel|confidencial|riservat)|"
    r"(?:virus[- ]free|bebas (?:dari )?virus|scanned (?:by|for)|telah dipindai|"
    r"this email has been checked for viruses|e-?mail ini (?:telah )?diperiksa)|"
    r"(?:caution|peringatan|warning|hati-hati|waspada|external)\b.{0,20}(?:external|eksternal|luar|originated|"
    r"berasal|sender|pengirim).{0,200}|"
    r"please consider the environment|think before (?:you )?print|pikirkan lingkungan|save (?:a tree|paper)|"
    r"hemat kertas)",
    re.I,
)


def is_device(text: str) -> bool:
    """Whether a line only says from which device or program the mail was sent."""
    return len(text) <= 400 and text[:1] != "" and bool(_DEVICE_LINE.fullmatch(text))


def opens_signature(lines: list[Line], at: int) -> bool:
    """Whether line `at` is the signature separator ``-- `` (RFC 3676, 4.3), or "--" where that can be nothing else."""
    line = lines[at]
    if line.text != "--" or line.depth:
        return False
    if line.raw[:2] == "--" and line.raw[2:3].isspace():
        return True
    if line.raw.strip("\u00a0 ") != "--":
        return False
    below = [other.text for other in lines[at + 1 : at + 17]]
    if not any(other.text for other in lines[max(0, at - 40) : at]):
        return False  # the separator needs its blank there: without it, all that was written may stand below
    if "--" in below or any(other.text == "--" for other in lines[max(0, at - 40) : at]):
        return False
    words = [text for text in below if text]
    return 0 < len(words) <= 12 and len(lines) - at <= 40 and max(map(len, words)) <= 120


def footer(lines: list[Line], at: int) -> bool:
    """Whether line `at` is a mailing list's rule of underscores, and its footer all that follows."""
    if lines[at].text[:1] != "_" or len(lines) - at > 3 * FOOTER_LINES or not _RULE.fullmatch(lines[at].text):
        return False
    below = [line for line in lines[at + 1 : at + 1 + 2 * FOOTER_LINES] if line.text]
    if not below or len(below) > FOOTER_LINES:
        return False
    return any(_LIST_WORDS.search(line.text) for line in below[:6])


def disclaimer(paragraph: str) -> bool:
    """Whether a paragraph is a legal notice, a scanner's or a gateway's banner."""
    return bool(_DISCLAIMER.match(paragraph[: LOOSE_SIGNATURE_LINES * 60].lstrip(" *_-[(")))


def loose_signature(lines: list[str]) -> int:
    """Where a name, title and telephone block without separator begins at the end of `lines`; their number if none."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    lowest = max(0, end - LOOSE_SIGNATURE_LINES)
    for at in range(end - 1, lowest - 1, -1):
        if len(lines[at]) > 90:
            return len(lines)
        if _CLOSING.fullmatch(lines[at].strip()):
            block = [line.strip() for line in lines[at + 1 : end] if line.strip()]
            return at + 1 if _is_block(block) else len(lines)
    return len(lines)


def _is_block(block: list[str]) -> bool:
    """Whether lines are a name and what belongs to it, and no sentence among them that the writer means to say."""
    if not block or not _NAME.fullmatch(block[0]):
        return False
    if any(line.endswith(("?", "!")) or len(line.split()) > 10 for line in block):
        return False
    return any(_CONTACT.search(line) for line in block)
