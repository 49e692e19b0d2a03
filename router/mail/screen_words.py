"""The words by which automatic answers and read receipts of the world's mail programs begin."""

from __future__ import annotations

import re
from typing import Final

AUTO_SUBJECT: Final = re.compile(
    r"(?:\[(?:external|eksternal|ext)\]\s*)?\[?(?:"
    r"(?:balasan|jawaban|respon|respons|tanggapan|pesan) otomatis|(?:balasan|jawapan) automatik|"
    r"automatic (?:reply|response|answer)|auto(?:mated)?[- ]?(?:reply|response|respond|answer|responder)|"
    r"out[- ]of[- ](?:the )?office auto[- ]?reply|vacation (?:reply|response)|abwesenheitsnotiz|"
    r"automatische (?:antwort|rückmeldung)|autom\. antwort|réponse automatique|respuesta automática|risposta automatica|"
    r"resposta automática|automatisch antwoord|automatische beantwoording|odpowiedź automatyczna|automatyczna odpowiedź|"
    r"autoodpowiedź|автоматический ответ|автоответ|自动(?:答复|回复)|自動(?:答覆|回覆|回复|応答|返信)|자동 ?(?:회신|응답)|"
    r"otomatik (?:yanıt|cevap)|autosvar|automatiskt svar|automatisk svar|automatick[áé] (?:odpověď|odpoveď)|"
    r"(?:thư )?trả lời tự động|ตอบ(?:กลับ)?อัตโนมัติ|การตอบกลับอัตโนมัติ|رد تلقائي|الرد التلقائي|"
    r"automaattinen vastaus|automatikus válasz|"
    r"αυτόματη απάντηση|răspuns automat|מענה אוטומטי|תשובה אוטומטית|автоматична відповідь|resposta automàtica|"
    r"automatski odgovor|"
    r"(?P<weak>auto|sedang (?:cuti|dinas(?: luar)?)|(?:sedang )?di luar (?:kantor|pejabat)|tidak di kantor|o\.?o\.?o|"
    r"out[- ]of[- ](?:the )?office(?: (?:reply|message|notification|re))?|vacation message|"
    r"abwesen(?:d|heit)(?:snotiz|sbenachrichtigung|s?meldung)?|absence du bureau|message d'absence|absent du bureau|"
    r"fuera de (?:la )?oficina|ausente de la oficina|fuori (?:sede|ufficio)|fora do escritório|ausência temporária|"
    r"afwezig(?:heid)?(?: .{0,20})?|niet aanwezig|nieobecność|poza biurem|нет на работе|вне офиса|不在(?:通知|连絡|"
    r"連絡|届)?|外出中|부재 ?중|"
    r"ofis dışında|frånvaro(?:meddelande)?|fravær(?:smelding|sbesked)?|ikke til stede|mimo kancelář|nepřítomnost|vắng mặt|"
    r"ไม่อยู่ที่สำนักงาน|خارج المكتب|poissa)"
    r")\s?(?P<colon>[:：\]]|$)",
    re.I,
)
"""How an automatic reply's subject begins. Where there is no colon, or `weak` words that a person may begin with as
well, the body has to be one's."""
AWAY: Final = re.compile(
    r"(?:saya|kami) (?:sedang|akan) (?:cuti|tidak|berada|melaksanakan|dinas|di luar)|sedang (?:cuti|dinas luar|"
    r"di luar|tidak berada)|"
    r"terima ?kasih (?:atas|telah|sudah)|akan (?:segera )?(?:saya|kami|di)\s?(?:balas|jawab|tanggapi|respon)|"
    r"telah (?:kami|saya) terima|"
    r"thank(?:s| you) for (?:your|contacting|the)|i (?:am|will be|'m) (?:currently |now )?(?:out|away|on|not|"
    r"travel)|limited access|we have received|"
    r"ich bin|derzeit nicht|je suis|actuellement|estoy|estaré|sono (?:assente|fuori)|estou|ik ben|jestem|я (?:в|"
    r"нахожусь)|我(?:正在|目前|现在)|不在|부재|"
    r"back (?:in|on|at|to)\b|will (?:return|respond|reply|be back)|returning (?:on|to)|kembali (?:ke kantor|bekerja|"
    r"pada|tanggal)|tutup|"
    r"vielen dank|merci (?:de|pour)|gracias por|grazie per|obrigado",
    re.I,
)
OUT_OF_OFFICE: Final = re.compile(
    r"(.{2,80}?) (?:is (?:currently )?out of (?:the )?office|is on (?:annual )?leave|ist (?:außer haus|"
    r"nicht im büro)|est absente?)\b.{0,60}",
    re.I,
)
"""Notes' subject, which names the author in the third person."""
READ_SUBJECT: Final = re.compile(
    r"(?:read|dibaca|telah dibaca|sudah dibaca|not read|tidak dibaca|read receipt|return receipt|"
    r"tanda terima(?: baca)?|bukti baca|laporan dibaca|dibaca oleh|"
    r"disposition notification|message disposition|gelesen|ungelesen|lesebestätigung|empfangsbestätigung|lu|non lu|"
    r"accusé de (?:réception|lecture)|leído|no leído|confirmación de lectura|"
    r"letto|non letto|conferma di lettura|lida|lido|não lida|confirmação de leitura|gelezen|niet gelezen|"
    r"ontvangstbevestiging|przeczytano|przeczytane|potwierdzenie|прочитано|прочтено|уведомление о прочтении|"
    r"已读|已讀|已读回执|开封|開封済み|開封確認|읽음|수신 확인|okundu|läst|läskvitto|læst|lest|lesebekreftelse|"
    r"přečteno|đã đọc|อ่านแล้ว|"
    r"تمت القراءة)\s?(?:[:：(]|\s-\s|$)",
    re.I,
)
READ_PROOF: Final = re.compile(
    r"(?:was|has been) (?:read|displayed|opened|deleted without being read)|(?:telah|sudah) (?:dibaca|ditampilkan|"
    r"dibuka|dihapus tanpa dibaca)|dibaca pada|"
    r"return receipt for the mail|this is a return receipt|tanda terima (?:untuk|atas)|(?:no guarantee|"
    r"there is no guarantee).{0,80}(?:read|understood)|wurde am .{1,80}(?:gelesen|geöffnet|angezeigt)|a été (?:lu|"
    r"affiché|ouvert)|"
    r"(?:se leyó|fue leído|ha sido (?:leído|mostrado))|è stato (?:letto|visualizzato|aperto)|foi (?:lida|lido|"
    r"exibida|aberta)|is (?:gelezen|weergegeven|geopend)|(?:została|zostało) (?:przeczytana|wyświetlona|"
    r"przeczytane|wyświetlone)|"
    r"(?:было|была) прочитан|прочитано|已于.{0,60}(?:阅读|查看|显示)|開封されました|読まれました|表示されました|"
    r"읽었습니다|읽음|okundu|lästes|"
    r"blev læst|ble lest|bylo? přečten|đã được đọc|ถูกอ่าน|تمت قراءة",
    re.I | re.S,
)
INVITATION_ANSWER: Final = re.compile(
    r"(?:accepted|declined|tentative(?:ly accepted)?|diterima|menerima|ditolak|menolak|tentatif|mungkin|zugesagt|"
    r"abgelehnt|mit vorbehalt|"
    r"accepté|refusé|provisoire|aceptado|aceptada|rechazado|rechazada|provisional|accettato|rifiutato|aceito|"
    r"aceite|recusado|geaccepteerd|"
    r"geweigerd|zaakceptowano|odrzucono|принято|отклонено|已接受|已拒絕|已拒绝|承諾|辞退|수락|거절|kabul edildi|reddedildi|"
    r"accepterat|avböjt|godtaget|afvist)\s?[:：]",
    re.I,
)
INVITATION_PROOF: Final = re.compile(
    r"\s*$|.{0,200}(?:has (?:tentatively )?(?:accepted|declined|replied)|telah (?:menerima|menolak)|(?:menerima|"
    r"menolak) undangan)",
    re.I | re.S,
)
REPLY: Final = re.compile(r"\s*(?:re|bls|balas|balasan|aw|antw|sv|away|auto)\b", re.I)
ABSENT: Final = re.compile(
    r"(?:saya|kami) (?:sedang|akan) (?:cuti|dinas luar|berada di luar|tidak (?:di|berada di) kantor|"
    r"melaksanakan (?:perjalanan|cuti))|"
    r"sedang (?:cuti|dinas luar|di luar kantor)|out of (?:the )?office|on (?:annual |sick |maternity )?leave|"
    r"on vacation|on holiday|"
    r"away from (?:the office|my|e-?mail)|will not be (?:reading|able to)|(?:ich bin|bin ich).{0,60}(?:abwesend|"
    r"nicht im (?:büro|hause))|"
    r"absente? du|en congés?|fuera de la oficina|de vacaciones|fuori (?:ufficio|sede)|in ferie|fora do escritório|"
    r"de férias|afwezig",
    re.I,
)
