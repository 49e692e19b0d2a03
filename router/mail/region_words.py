"""The words by which mail programs of the world introduce an earlier message, a header block, a forward, a device.

Only words and how they are joined into one pattern; what they decide is in `region_intro` and `signature`. Languages
stand in the order of how much mail we get in them: id, ms, en, then the others.
"""

from __future__ import annotations

import re
from typing import Final

# Keys of a header block, by what they hold. Compared in lower case, without asterisks and spaces round them.
_FROM = (
    "dari|daripada|from|von|de|desde|da|van|od|от|від|från|fra|lähettäjä|kimden|gönderen|từ|người gửi|จาก|من|מאת|"
    "发件人|寄件者|寄件人|差出人|送信者|보낸 사람|보낸사람|발신|feladó|από|de la|expéditeur|remitente|mittente|"
    "remetente|afzender|"
    "absender|nadawca|odesílatel|отправитель|avsändare|afsender|avsender|saatja"
)
_SENT = (
    "dikirim|terkirim|tanggal|tanggal kirim|dihantar|tarikh|sent|date|sent on|sent at|gesendet|gesendet am|datum|"
    "envoyé|date d'envoi|"
    "envoyé le|enviado|enviado el|enviado em|fecha|inviato|data|inviato il|verzonden|verzonden op|wysłano|wysłane|"
    "data wysłania|enviada|enviada em|"
    "отправлено|дата|надіслано|skickat|skickat den|sendt|dato|lähetetty|päivämäärä|pvm|gönderildi|gönderim tarihi|"
    "tarih|đã gửi|ngày gửi|ngày|gửi|ส่ง|ส่งเมื่อ|วันที่|تاريخ الإرسال|التاريخ|تم الإرسال|تاريخ|נשלח|תאריך|发送时间|"
    "发送日期|日期|時間|时间|寄件日期|"
    "傳送日期|送信日時|日時|送信日|日付|보낸 날짜|날짜|보낸날짜|보낸 시간|elküldve|dátum|στάλθηκε|ημερομηνία|trimis|"
    "odesláno|odoslané"
)
_TO = (
    "kepada|ke|untuk|to|an|à|a|para|destinatario|aan|do|dla|кому|till|til|vastaanottaja|kime|alıcı|đến|tới|"
    "người nhận|"
    "ถึง|إلى|الى|אל|收件人|收件者|宛先|받는 사람|받는사람|수신|címzett|προς|către|komu|pre|destinataire|destinatário|a la"
)
_CC = (
    "cc|tembusan|salinan|bcc|kopie|cópia|копия|копія|kopia|kopi|bilgi|抄送|副本|参照|참조|สำเนา|نسخة|másolatot kap|"
    "κοιν|עותק|"
    "kopie an|copie à|con copia|udw|dw|ccn|cci"
)
_SUBJECT = (
    "subjek|subyek|perihal|hal|judul|perkara|subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|тема|"
    "ämne|emne|aihe|konu|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|الموضوع|נושא|主题|主旨|件名|제목|tárgy|θέμα|subiect|předmět|"
    "predmet|re"
)
_OTHER = (
    "reply-to|reply to|balas ke|balas-ke|importance|kepentingan|prioritas|priority|attachments|lampiran|"
    "wichtigkeit|antwort an|"
    "organization|message-id|cid|重要性|重要度|importancia|anexos|adjuntos|allegati|pièces jointes"
)

ROLES: Final[dict[str, str]] = {
    word: role
    for role, words in (
        ("other", _OTHER),
        ("cc", _CC),
        ("to", _TO),
        ("sent", _SENT),
        ("subject", _SUBJECT),
        ("from", _FROM),
    )
    for word in words.split("|")
}
"""Header key in lower case → "from", "sent", "to", "cc", "subject" or "other"."""

_MAIL_ONLY: Final = (
    "dikirim terkirim dihantar sent gesendet envoyé enviado inviato verzonden wysłano отправлено skickat sendt gönderildi "
    "发送时间 送信日時 寄件日期 تاريخ\u00a0الإرسال"
)
MAIL_ONLY: Final = frozenset(_MAIL_ONLY.split())
"""Keys that no letter or form has, only mail."""

_MEMO: Final = "nomor no sifat lampiran yth klasifikasi ref nomer"
MEMO: Final = frozenset(_MEMO.split())
"""Keys of an official letter's head, which otherwise looks like a header block."""

# "wrote": after the name in most languages, before it in the Germanic ones and in Arabic.
VERB: Final = re.compile(
    r"(?<!\w)(?:menulis(?:kan)?(?: berikut| yang berikut)?|telah menulis|wrote(?: the following)?|writes|"
    r"schrieb(?: folgendes)?|geschrieben|a écrit|"
    r"ha scritto|scrive|escribió|escribio|ha escrito|escreveu|schreef(?: het volgende)?|het volgende geschreven|"
    r"napisał(?:\(a\)|a|/a)?|pisze|napsal(?:\(a\)|a|/a)?|napísal(?:\(a\)|a|/a)?|написал(?:\(а\)|а)?|писал(?:\(а\)|"
    r"а)?|пишет|"
    r"написав(?:\(ла\)|ла)?|пише|skrev(?: følgende| följande)?|skriver|kirjoitti|(?:şunu|şunları) yazdı|yazdı|yazmış|"
    r"đã viết|viết|a scris|ezt írta|írta|έγραψε|va escriure|napisao(?:/la| je)?|je napisal|rašė|rakstīja|kirjutas|"
    r"tulis|"
    r"berkata|כתב(?:ה)?|כתב/ה|كتب(?:ت)?|تمت كتابة ما يلي بواسطة)(?!\w)|写道|寫道|写了|书写道|のメール|のメッセージ|"
    r"書きました|は書いた|"
    r"님이 작성|작성|님이 쓴 글|님이 씀|썼습니다|wrote|เขียนว่า|เขียน|ได้เขียน",
    re.I,
)
VERB_AT_END: Final = re.compile(rf"(?:{VERB.pattern})\s?[(（]?[^()]{{0,60}}[)）]?\s?-{{0,8}}\s?$", re.I)
VERB_BEFORE_NAME: Final = re.compile(
    r"(?<!\w)(?:schrieb|skrev|schreef|heeft|skriver|kirjoitti|odesílatel|كتب|تمت كتابة ما يلي بواسطة|пишет|pisze|"
    r"מאת)(?!\w)",
    re.I,
)

# How an introduction begins: a word for "on" or "quoting", a weekday, or the date itself.
START: Final = re.compile(
    r"(?:(?:pada|pd|on|am|le|el|il|em|op|dnia|w dniu|den|dne|dňa|в|у|il giorno|ti|ma|ke|to|pe|vào|vào lúc|ngày|"
    r"στις|la|la data de|na|dana|"
    r"tanggal|tgl|hari|at|o|kl|mon|tue|wed|thu|fri|sat|sun|sen|sel|rab|kam|jum|sab|min|ming|senin|selasa|rabu|"
    r"kamis|jumat|sabtu|minggu|"
    r"ahad|isn|mo|di|mi|do|fr|sa|so|lun|mar|mer|mié|mie|jeu|jue|ven|vie|sam|sáb|sab|dim|dom|pon|wt|śr|czw|pt|sob|"
    r"niedz|ndz|pn|"
    r"вт|ср|чт|пт|сб|вс|пн|maanantai|tiistai|[a-zà-ž]{2,10}day|út|st|čt|pá|ne|po|tir|ons|tor|lør|søn|mån|tis|tors|"
    r"lör|sön|"
    r"ter|qua|qui|sex|seg|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|man|bai|sal|çar|per|cum|"
    r"cmt|paz|pzt)"
    r"(?!\w)|\d|[•*\-«\"'([<]?\s?\d|在|于|於|ในวันที่|วันที่|เมื่อ|في|بتاريخ|يوم|בתאריך|ב-)",
    re.I,
)
QUOTING: Final = re.compile(
    r"(?:mengutip|kutipan dari|quoting|citing|quote from|zitat von|zitiere|citation de|citando a|cita de|citando|"
    r"citeren|"
    r"citát|citerar|citerer|cytowanie|цитирование|цитирую|in reply to|membalas|menjawab|in (?:a )?message)(?!\w)",
    re.I,
)
_PRONOUNS: Final = (
    "i we you he she they it saya kami kita dia ia beliau mereka anda aku kamu engkau ich wir er sie je nous vous il elle ils "
    "yo nosotros él ella io noi lui lei eu nós ele ela ik wij hij zij ja my on ona я мы он она jag vi han hon jeg hun ben biz "
    "bapak ibu petugas admin pimpinan"
)
PRONOUNS: Final = frozenset(_PRONOUNS.split())
MONTH: Final = re.compile(
    r"(?<!\w)(?:jan|feb|fév|fev|mar|mac|mär|mrt|mär|apr|abr|avr|mei|may|mai|maj|mag|jun|jui|giu|jul|lug|agu|ago|"
    r"aug|aoû|ogos|sep|set|"
    r"okt|oct|ott|out|nov|nop|des|dec|dez|dic|dis|déc|янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|sty|lut|"
    r"kwi|cze|lip|sie|wrz|paź|"
    r"lis|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|thg|tháng|มี|ม\.ค|ก\.พ|เม|พ\.ค|ส\.ค|ก\.ย|ต\.ค|พ\.ย|ธ\.ค|"
    r"يناير|فبراير|مارس|أبريل|"
    r"مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر)",
    re.I,
)

_FORWARD_WORDS = (
    r"forwarded(?: message| mail| by| email| from| e-mail)?|fwd|pesan (?:terusan|yang diteruskan|diteruskan|"
    r"diteruskan dari)|"
    r"(?:e-?mail|surel|surat) (?:terusan|yang diteruskan)|diteruskan(?: oleh)?|mesej (?:dimajukan|yang dimajukan|"
    r"dikirim semula|panjangan)|"
    r"dimajukan oleh|weitergeleitete (?:nachricht|mail|e-?mail)|weitergeleitet von|message (?:transféré|réexpédié|"
    r"transmis)|"
    r"(?:mensaje|correo) reenviado|reenviado por|messaggio inoltrato|inoltrato da|mensagem (?:encaminhada|"
    r"reencaminhada)|"
    r"doorgestuurd(?: bericht| door)?|(?:wiadomość|wiadomosc) (?:przekazana|przesłana dalej)|przekazana wiadomość|"
    r"(?:пересылаемое|пересланное|перенаправленное) (?:сообщение|письмо)|переслано|转发(?:的)?(?:邮件|信息|消息)|"
    r"轉寄(?:的)?(?:郵件|訊息)|"
    r"已转发(?:的)?邮件|已轉寄的郵件|転送(?:された|する|元)?(?:メッセージ|メール)|(?:전달된|전달한) (?:메시지|메일)|"
    r"전달 메시지|"
    r"(?:iletilen|iletilmiş|yönlendirilen|yönlendirilmiş) (?:ileti|mesaj|posta)|vidarebefordrat (?:meddelande|brev|"
    r"mejl)|"
    r"videresendt (?:besked|melding|meddelelse|e-post|mail)|(?:přeposlaná|předaná|předávaná) zpráva|"
    r"preposlaná správa|"
    r"(?:thư|tin nhắn|email) (?:đã )?(?:được )?chuyển tiếp|(?:ข้อความ|อีเมล)(?:ที่)?ส่งต่อ|رسالة (?:معاد توجيهها|"
    r"مُعاد توجيهها|محولة|تمت إعادة توجيهها)|"
    r"إعادة توجيه|välitetty viesti|mesaj redirecționat|továbbított (?:üzenet|levél)|προωθημένο μήνυμα|"
    r"προωθούμενο μήνυμα|"
    r"הודעה (?:שהועברה|מועברת)|missatge reenviat|proslijeđena poruka|переслане повідомлення"
)
FORWARD: Final = re.compile(
    rf"(?:[-–—=_*]{{2,}}\s?(?:{_FORWARD_WORDS})(?!\w).{{0,120}}|-{{10}} [^-]{{4,40}} -{{9}}"
    r"|(?:mulai )?(?:meneruskan|awal|memulai) pesan(?: terusan| yang diteruskan)?|mulai pesan yang diteruskan|"
    r"begin forwarded message|"
    r"awal pesan yang diteruskan|pesan terusan dimulai|permulaan mesej(?: yang)? dimajukan|mula mesej dimajukan|"
    r"anfang der weitergeleiteten (?:nachricht|e-mail)|début du message (?:transféré|réexpédié)|"
    r"inicio del mensaje reenviado|"
    r"inizio messaggio inoltrato|início da mensagem (?:encaminhada|reencaminhada)|begin doorgestuurd bericht|"
    r"początek przekazywanej wiadomości|początek przekazanej wiadomości|начало (?:переадресованного|"
    r"пересылаемого) сообщения|"
    r"下面是被转发的邮件|開始轉寄郵件|以下是轉寄的郵件|転送されたメッセージ|전달된 메시지|"
    r"iletilen ileti(?: başlangıcı)?|vidarebefordrat brev|"
    r"videresendt (?:besked|melding)|začátek přeposílané zprávy|začátek přeposlané zprávy|"
    r"bắt đầu thư (?:đã )?(?:được )?chuyển tiếp|"
    r"เริ่มข้อความที่ส่งต่อ|بدء الرسالة المُ?عاد توجيهها|välitetty viesti alkaa)\s?[:：]?\s?",
    re.I,
)
ORIGINAL: Final = re.compile(
    r"[-–—=_*]{2,}\s?(?:original(?: message| e-?mail| appointment)?|reply message|(?:pesan|surat|surel|"
    r"e-?mail) (?:asli|asal|semula|sebelumnya)|mesej asal|"
    r"balasan(?: pesan)?|ursprüngliche (?:nachricht|mail|e-mail)|originalnachricht|original-?nachricht|"
    r"message (?:d['’]origine|original|initial)|"
    r"(?:mensaje|correo|mensagem)(?: de correo)? original|messaggio originale|oorspronkelijk bericht|"
    r"origineel bericht|"
    r"(?:wiadomość oryginalna|oryginalna wiadomość|treść oryginalnej wiadomości|wiadomość pierwotna)|(?:исходное|"
    r"оригинальное|первоначальное) (?:сообщение|письмо)|"
    r"原始(?:邮件|郵件|信件|消息)|原邮件|邮件原件|元の?メッセージ|オリジナル ?メッセージ|元のメール|원본 ?(?:메시지|"
    r"메일)|(?:orijinal|özgün|asıl) (?:ileti|mesaj|"
    r"e-posta)|"
    r"ursprungligt meddelande|originalmeddelande|(?:oprindelig|original) (?:meddelelse|besked|mail)|"
    r"opprinnelig (?:melding|e-post)|původní (?:zpráva|e-?mail)|pôvodná správa|"
    r"(?:tin nhắn|thư|email) gốc|ข้อความ(?:ต้นฉบับ|เดิม|ดั้งเดิม)|الرسالة الأصلية|רسالة أصلية|רسالة|הודעה מקורית|"
    r"alkuperäinen viesti|mesaj original|mesajul original|"
    r"eredeti üzenet|αρχικό μήνυμα|missatge original|izvorna poruka)\s?:?\s?[-–—=_*]{2,}",
    re.I,
)
ABOVE: Final = re.compile(
    r"#{0,4}\s?[-–—]{0,10}\s?(?:please )?(?:(?:type|write|enter|add) (?:your )?(?:reply|response) above this line|"
    r"reply above this line|"
    r"(?:mohon |silakan )?(?:balas|tulis(?:kan)? (?:balasan|jawaban)(?: anda)?|"
    r"ketik(?:kan)? balasan(?: anda)?) di atas (?:garis|baris) ini|"
    r"please do not (?:write|type) below this line|do not write below this line|"
    r"(?:mohon )?jangan menulis di bawah garis ini|"
    r"antwort(?:en)? (?:sie )?(?:bitte )?(?:oberhalb|über) dieser (?:zeile|linie)|"
    r"bitte (?:ihre )?antwort über dieser zeile|"
    r"(?:répondre|répondez|veuillez répondre) au[- ]dessus de cette ligne|responda por encima de esta línea|"
    r"escriba su respuesta por encima de esta línea)\.?\s?[-–—]{0,10}\s?#{0,4}",
    re.I,
)
FORWARD_SUBJECT: Final = re.compile(
    r"\s*(?:\[[^\]]{1,80}\]\s*)*(?:fwd?|trs|terusan|tr|wg|rv|enc|inoltra|i|doorst|pd|vs|vb|vl|vid|ynt-?ilet|ilet|"
    r"i̇lt|ilt|továbbítás|fs|转发|轉寄|"
    r"転送|전달|дл|пересл|đt|chuyển tiếp|إعادة توجيه)\s?(?:\[\d+\])?\s?[:：]",
    re.I,
)
REPLY_SUBJECT: Final = re.compile(
    r"\s*(?:\[[^\]]{1,80}\]\s*)*(?:re|bls|balas|balasan|aw|antw|sv|odp|rif|r|res|ynt|ответ|отв|回复|答复|回覆|返信|"
    r"回信|답장|"
    r"hồi âm|trả lời|ตอบ|رد|vá|vast|ref)"
    r"\s?(?:\[\d+\])?\s?[:：]",
    re.I,
)
FORWARDING: Final = re.compile(
    r"(?<!\w)(?:(?:saya|kami|ku|kita) ?teruskan|meneruskan|diteruskan|terusan|(?:saya|kami) forward|diforward|"
    r"di-forward|forwarding|forwarded|i am forwarding|"
    r"fyi|berikut (?:e-?mail|surel|pesan)(?: yang)?|e-?mail berikut|surel berikut|see (?:the )?(?:e-?mail|message|"
    r"mail) below)(?!\w)",
    re.I,
)
