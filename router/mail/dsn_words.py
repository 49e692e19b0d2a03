"""The words of mail systems' own delivery reports: senders, subjects, openings, where the returned message begins, and
how a recipient is named. What they decide is in `dsn_text`.
"""

from __future__ import annotations

import re
from typing import Final

DAEMON_LOCAL: Final = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mdaemon|microsoftexchange[0-9a-f]{8,}|"
    r"mail[-_.]?delivery(?:[-_.]\w+)?|"
    r"maildelivery|double-bounce|smtp32|mmdf|mail[-_.]?admin(?:istrator)?|system[-_.]?administrator|mailsystem|"
    r"mail-system|"
    r"\w{0,40}smtp_(?:mail_service|gateways?)|bounces?|delivery[-_.]?(?:status|notification|failure|report)s?|notification\+bounce|exchange[-_.]?admin)",
    re.I,
)
MACHINE: Final = re.compile(
    r"mailer[-_.]?daemon|mail[-_.]?daemon|\bmdaemon@|microsoftexchange[0-9a-f]{8,}|double-bounce@"
)
DAEMON_NAME: Final = re.compile(
    r"(?:mail|e-?mail|message|internet mail)?\s?(?:delivery|transport|transfer) (?:system|subsystem|service|agent|"
    r"notification).{0,40}|"
    r"mailer[- ]daemon.{0,40}|postmaster.{0,40}|system administrator|administrator sistem|mail administrator|"
    r"microsoft outlook|"
    r"microsoft exchange|mail (?:system|server)|sistem (?:pengiriman )?(?:e-?mail|surel|surat).{0,40}|"
    r"systemadministrator|"
    r"administrateur système|administrador del sistema|amministratore di sistema|systeembeheerder|"
    r"администратор системы|smtp32.{0,20}",
    re.I,
)
SUBJECT: Final = re.compile(
    r"(?:\[?(?:postmaster|mail[- ]?system|external|eksternal|warning|peringatan|spam\??)\]?\s?[:\-]?\s?)?(?:"
    r"there was an error sending|notice: mail delivery|undeliver|undelivr|non[- ]?deliver|not delivered|"
    r"automatically rejected|rejected:|delivery[- ](?:status|fail|notif|"
    r"report|problem|error|delay|"
    r"has (?:failed|been))|"
    r"mail(?:ing)? (?:deliver|system error|fail|status|return|could not)|e-?mail (?:deliver|could not|was not|"
    r"tidak|gagal)|failure (?:notice|delivery)|failed (?:mail|deliver|message)|"
    r"return(?:ed)? (?:mail|e-?mail|message|to sender)|message (?:undeliver|not deliver|delay|status|could not|"
    r"delivery|you sent|tidak)|(?:could|can)(?:no|n')t? ?(?:be )?deliver|"
    r"warning: (?:message|could not|e-?mail)|(?:your )?mail (?:delayed|could not)|delayed mail|"
    r"permanent delivery failure|unable to deliver|unzustellbar|"
    r"undeliverable|successful mail delivery|delivered:|relayed:|expanded:|terkirim:|disampaikan:|dihantar:|"
    r"zugestellt:|remis\s?:|entregado:|consegnato:|"
    r"(?:pesan|e-?mail|surel|surat|pengiriman|mel|mesej)(?: anda)?(?: \w+)? (?:tidak|gagal|tertunda|tak)|"
    r"tidak (?:terkirim|tersampaikan|dapat (?:dikirim|disampaikan|diserahkan)|boleh dihantar)|gagal (?:ter|me|di|"
    r"peng)|"
    r"kegagalan (?:pengiriman|penghantaran)|pemberitahuan (?:status )?(?:pengiriman|kegagalan)|laporan pengiriman|"
    r"pengiriman (?:e-?mail|pesan|surel) (?:gagal|tertunda)|"
    r"zustell|mail konnte nicht|nicht zustellbar|rückläufer|non remis|échec|avis de non|message non|non distribu|"
    r"no (?:se puede|se ha podido) entregar|no entregado|error de entrega|"
    r"mensaje no|mancat[ao]|non recapitabile|messaggio non|impossibile recapitare|não (?:é possível|entreg)|"
    r"falha (?:na|de) entrega|mensagem não|onbestelbaar|niet[- ]bestelbaar|"
    r"kan niet worden|niedostarcz|niedoręcz|nie można dostarczyć|zwrot|недостав|не доставлен|сообщение не|"
    r"уведомление о (?:доставке|состоянии)|ошибка доставки|无法送达|無法傳遞|未送达|未送達|未传递|退信|系统退信|"
    r"投递失败|配信(?:不能|エラー|できません|状況)|送信エラー|配達|배달 ?(?:불가|되지|실패)|전송 ?실패|반송|"
    r"teslim edilemedi|iletilemedi|olevererbar|"
    r"kunde inte|kan inte levereras|uleverbar|kan ikke leveres|"
    r"ikke levert|leveringsfejl|nedoručiteln|nelze doručit|zpráva nedoručena|không (?:gửi|thể gửi|phát)|thư không|"
    r"ไม่สามารถส่ง|ส่งไม่สำเร็จ|تعذر|فشل|לא ניתן למסור|kézbesíthetetlen|nu a putut fi)",
    re.I,
)
OPENING: Final = re.compile(
    r"this is the (?:qmail-send program|mail system at host|postfix program|mail delivery (?:system|agent|program)|"
    r"machine generated message|mail delivery program)|"
    r"(?:hi\. )?this is the qmail|message from (?:yahoo|the mail system)|this (?:message|report) (?:was|"
    r"is) (?:created|generated)? ?automatically(?: generated)? by (?:the )?(?:mail|e-?mail|our)|"
    r"this is an automatically generated delivery status|a message that you (?:have )?sent could not be delivered|"
    r"your (?:message|mail|e-?mail)(?: to .{1,200}?)? (?:could(?:n't| not) be|wasn't|was not|has not been|can(?:no|"
    r"')t be|did not reach|couldn't|has been delayed|is delayed|hasn't been)|"
    r"the (?:original message was received|following (?:address|recipient|message|e-?mail|mail has|user)|"
    r"message (?:you sent|was not|could not)|e-?mail (?:you sent|below|could not))|"
    r"delivery (?:to|has failed|failed|of your|is delayed|incomplete)|\*\* ?(?:address not found|"
    r"message (?:not delivered|blocked)|recipient inbox full|delivery incomplete)|"
    r"(?:sorry, )?(?:we were|i was|i'm afraid i was(?:n't)?) unable to deliver|sorry, (?:we|i) (?:were unable|"
    r"could ?n'?o?t)|unable to deliver|undeliverable|could not deliver|failed to deliver|"
    r"this is a (?:permanent error|delivery (?:status|failure))|your mail message to the following|"
    r"this warning message|this is (?:just )?a warning message|an error occurred while (?:sending|"
    r"trying to deliver)|"
    r"----- the following addresses had|--- the message cannot be delivered|message delivery to|"
    r"the attached (?:file|message) (?:had|could not)|user mailbox exceeds|"
    r"(?:pesan|e-?mail|surel|surat)(?: yang)? (?:anda|berikut|saudara|ini)(?: kirim(?:kan)?)?(?: (?:ke|kepada|"
    r"untuk) .{1,200}?)? (?:tidak (?:dapat|bisa|terkirim|berhasil|sampai)|gagal|belum (?:dapat|terkirim)|tertunda|"
    r"telah (?:disampaikan|terkirim))|"
    r"(?:maaf|mohon maaf).{0,60}(?:tidak (?:dapat|bisa) (?:dikirim|disampaikan|diterima)|gagal dikirim)|"
    r"tidak dapat mengirim(?:kan)?|pengiriman(?: pesan| e-?mail)?(?: anda)?(?: ke .{1,100}?)? (?:gagal|tertunda)|"
    r"gagal (?:mengirim|menyampaikan|terkirim)|"
    r"ini adalah (?:sistem (?:surat|e-?mail)|laporan pengiriman|pemberitahuan otomatis (?:status|"
    r"kegagalan) pengiriman)|kiriman (?:anda )?gagal|mesej anda .{0,60}tidak (?:dapat|boleh)|"
    r"(?:ihre|diese) (?:nachricht|e-?mail)(?: an .{1,200}?)? (?:konnte|wurde|kann)(?: \w+){0,6} nicht|"
    r"fehler bei der (?:nachrichten)?zustellung|échec de (?:la )?remise|votre message(?: .{1,200}?)? n'a pas|"
    r"(?:no se (?:ha podido|pudo|puede)|error al) entregar|su mensaje(?: .{1,200}?)? no (?:se|ha|pudo)|"
    r"impossibile (?:recapitare|consegnare)|il messaggio.{0,80}non (?:è|può|ha)|não foi possível (?:entregar|"
    r"enviar)|"
    r"(?:falha|erro) na entrega|uw bericht.{0,80}niet|nie można (?:było )?dostarczyć|(?:ваше )?(?:сообщение|"
    r"письмо).{0,120}не (?:может|было|доставлено|удалось)|это письмо создано автоматически|"
    r"无法(?:发送|投递|送达)|很抱歉.{0,20}(?:您的|你)|您的(?:邮件|郵件)|抱歉，您的|メールを(?:送信|配信|"
    r"配達)できません|次の受信者|메일을? (?:전송|배달)|"
    r"메일이 .{0,40}(?:못했|실패)|iletiniz|mesajınız .{0,80}(?:edilemedi|ulaş)|"
    r"kunde inte leverera|det gick inte att leverera|kunne ikke levere|meldingen .{0,80}ikke|"
    r"zprávu? .{0,60}(?:nelze|nebylo)|không thể (?:gửi|chuyển|phát)|ไม่สามารถ(?:ส่ง|จัดส่ง)|تعذر (?:تسليم|توصيل)",
    re.I,
)
DELAY: Final = re.compile(
    r"warning only|still being retried|will (?:be retried|keep trying|continue (?:trying|to try)|retry)|has(?: not|"
    r"n't) (?:yet )?been delivered (?:yet|to|after)|delivery (?:is |has been )?(?:delayed|incomplete)|"
    r"you do not need to resend|do not (?:need to )?resend|no action is required|temporary (?:problem|fail|"
    r"error) (?:delivering|while)|warning: (?:message|could not)|"
    r"akan (?:terus )?(?:di)?coba (?:lagi|kembali|dikirim)|masih (?:akan )?dicoba|tertunda|belum (?:dapat|"
    r"bisa) (?:dikirim|disampaikan)|verzögert|wird weiterhin versucht|retardé|se seguirá intentando|ritard|"
    r"delayed|delay\)",
    re.I,
)
TRYING: Final = re.compile(
    r"delivery attempts will continue|still being retried|we will (?:continue|keep) (?:to try|trying)", re.I
)
"""What only a report of a delay says, whatever else it says."""
GIVEN_UP: Final = re.compile(
    r"permanent (?:error|fail|fatal)|given up|gave up|giving up|has failed|delivery failed|"
    r"could not be delivered to one or more|not be delivered\b(?! for)|bounced|telah dihentikan|gagal permanen|"
    r"no longer (?:be )?tr",
    re.I,
)
DELIVERED: Final = re.compile(
    r"success(?:ful|fully)|\(success\)|has been (?:delivered|relayed)|was (?:delivered|relayed)|"
    r"berhasil (?:dikirim|disampaikan)|telah (?:disampaikan|terkirim|dikirimkan)(?! kembali)|"
    r"\A(?:delivered|relayed|expanded|terkirim|disampaikan|dihantar|zugestellt|remis\s?|entregado|consegnato):",
    re.I,
)
KNOWN: Final = re.compile(
    r"did not reach the following recipient|(?:was|were) not delivered to:?\s|error: (?:invalid|unknown) user|"
    r"error message below|no such user here|there is no user by that name|"
    r"(?:we )?had trouble delivering|there was an error (?:sending|delivering)|returned permanent errors",
    re.I,
)
CERTAIN: Final = re.compile(
    r"hi\. this is the qmail|this is the (?:mail system at host|postfix program|mail delivery (?:system|agent) at)|"
    r"this message was created automatically by mail delivery|a message that you sent could not be delivered to|"
    r"this is an automatically generated delivery status|delivery has failed to these recipients|"
    r"the original message was received at|-{3,} the following addresses had|ini adalah sistem surat di host|"
    r"delivery to the following recipients? (?:has )?failed|pengiriman gagal ke penerima|"
    r"failed recipients? -{3}|non-delivery report -{3}",
    re.I,
)
RETURNED: Final = re.compile(
    r"\|?-{2,}\s?(?:below (?:this|the next) line|this is a copy|here is (?:your|a copy)|the (?:header|body|"
    r"original) of|original message|returned mail|start of returned|the unsent message|unsent message|copy of|"
    r"enclosed is a copy|pesan asli|salinan pesan|message (?:header|text)|forwarded|transcript of original)|"
    r"original (?:message (?:follows|headers?|details|header)|mail follows)|unsent message (?:below|follows)|"
    r"message headers? follow|(?:the )?(?:headers? of the )?original message (?:is|was)? ?(?:attached|below)?:|"
    r"(?:return-path|received|dkim-signature|x-hero-ticket|mime-version)\s?:|reporting-mta:|rincian pesan asli|"
    r"pesan asli (?:berikut|di bawah|terlampir)|isi pesan asli",
    re.I,
)
ADDRESS: Final = r"(?<![\w.+])([\w!#$%&*+/=?^{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9._-]{0,254})"
# A line that is about one recipient, from its beginning; and words before a recipient, anywhere in a line.
WHO_LINE: Final = (
    re.compile(rf"[\s*>-]{{0,6}}<{ADDRESS}>(?:\s*[:.,;]|\s*\(|\s*$|\.\.\.|,? )", re.I),
    re.compile(
        rf"[\s*>•-]{{0,8}}(?:smtp:|mailto:|rcpt to:\s?<?|to: )?[<\"']?{ADDRESS}[>\"']?(?:\s*[:;,]?\s*$|\s?\.\.\.|"
        rf"\s?[(\[]|\s?:\s|"
        rf"\s-\s|\s(?:on|because|karena|tidak|gagal|5\d\d)\b)",
        re.I,
    ),
    re.compile(rf"[^@<>()]{{1,80}}\s?[<(]{ADDRESS}[>)](?:\s?<mailto:[^<>]{{1,200}}>)?\s*$", re.I),
)
WHO_WORDS: Final = (
    re.compile(
        r"(?:(?:message|mail|pesan|e-?mail|surel|surat|delivery|pengiriman|nachricht|deliver(?:ed)?|"
        r"kiriman)(?: (?:anda|yang anda kirim|you sent|could not be|was not|wasn't|has not been|deliver\w*|"
        r"has failed|kirim))*"
        r"(?: to| ke| kepada| untuk| an)(?: (?:the following |these )?(?:recipients?|address(?:es)?|alamat|"
        r"penerima|berikut|user|tujuan)(?:\(s\)|\(es\))?(?: berikut)?)?(?: failed)?\s?:?\s?)"
        rf"[<\[(\"']{{0,2}}(?:mailto:)?{ADDRESS}",
        re.I,
    ),
    re.compile(
        r"(?:recipients?(?: address)?|(?:failed|undeliverable|intended|bad|unknown) (?:recipients?|address(?:es)?|"
        r"user)|penerima(?: gagal)?|alamat(?: tujuan| penerima)?(?: tidak dikenal)?|kepada|user|"
        r"rcpt to|to|(?:no such|unknown) user(?: here)?|user unknown|addressee|recipient reached|"
        r"mailbox (?:unavailable|full)(?: for)?)"
        rf"\s?[:=]\s?[<\[(\"']{{0,2}}(?:smtp:|mailto:)?{ADDRESS}",
        re.I,
    ),
    re.compile(
        rf"(?:couldn't be|could not be|wasn't|was not|tidak dapat|gagal) (?:delivered|dikirim(?:kan)?|terkirim|"
        rf"disampaikan|sent)? ?(?:to|ke|kepada) (?:alamat )?[<\[\"']?{ADDRESS}",
        re.I,
    ),
    re.compile(rf"(?:address|alamat|user|recipient|penerima|mailbox|account|kotak surat|akun) [<\[\"']{ADDRESS}", re.I),
)
BARE: Final = re.compile(r"(?<![\w.+-])[A-Za-z0-9_][A-Za-z0-9_.+=/-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{1,254}")
NOT_WHO: Final = re.compile(
    r"(?:sender|pengirim|from|dari|message-id|reply-to|return-path|envelope-from|postmaster|contact|hubungi|"
    r"assistance|bantuan|help desk|return-path|subject|for further|administrator|reporting)\b",
    re.I,
)
REWRITTEN: Final = re.compile(
    rf"<?{ADDRESS}>?\s{{0,3}}\n?\s{{0,8}}\((?:ultimately )?(?:generated|expanded) from:? ?<?{ADDRESS}>?\)", re.I
)
NEVER: Final = re.compile(r"(?:mailer[-_.]?daemon|postmaster|mdaemon|abuse|no-?reply)@", re.I)
