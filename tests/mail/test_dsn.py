# ruff: noqa: E501 -- mail stands here as it came
"""Delivery reports in the standard form and in the forms of mail systems' own."""

import pytest

from router.mail.dsn import report
from router.mail.parse import parse
from router.mail.screen import screen

OWN = frozenset({"hero@kemendag.go.id"})
RETURNED = "From: hero@kemendag.go.id\nTo: budi@pt.co.id\nSubject: [HERO-2026-000001] Laporan\nX-Hero-Ticket: HERO-2026-000001\n\nIsi\n"


def dsn(status: str, text: str = "Your message could not be delivered.", report_type: str = "delivery-status") -> bytes:
    """A multipart/report with these fields as its second part."""
    kind = f"; report-type={report_type}" if report_type else ""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.x.id (Mail Delivery System)\nTo: hero@kemendag.go.id\n"
        f'Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report{kind}; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{text}\n\n--b\nContent-Type: message/delivery-status\n\n{status}\n"
        f"--b\nContent-Type: message/rfc822\n\n{RETURNED}\n--b--\n"
    ).encode()


MTA = "Reporting-MTA: dns; mx.x.id\nArrival-Date: Mon, 9 Nov 2026 10:31:02 +0700\n\n"
BUDI = ["budi@pt.co.id"]
STANDARD = {
    "failed": ("Final-Recipient: rfc822; Budi@PT.co.id\nAction: failed\nStatus: 5.1.1", ["budi@pt.co.id"]),
    "delayed": ("Final-Recipient: rfc822; budi@pt.co.id\nAction: delayed\nStatus: 4.4.1", []),
    "delivered": ("Final-Recipient: rfc822; budi@pt.co.id\nAction: delivered\nStatus: 2.0.0", []),
    "relayed": ("Final-Recipient: rfc822; budi@pt.co.id\nAction: relayed\nStatus: 2.0.0", []),
    "given-up": ("Final-Recipient: rfc822; budi@pt.co.id\nAction: failed\nStatus: 4.4.7", ["budi@pt.co.id"]),
    "original-first": (
        "Original-Recipient: rfc822;budi@pt.co.id\nFinal-Recipient: rfc822;budi.s@mail.pt.co.id\nAction: failed\nStatus: 5.1.1",
        ["budi@pt.co.id"],
    ),
    "original-last": (
        "Final-Recipient: rfc822;budi.s@mail.pt.co.id\nOriginal-Recipient: rfc822;budi@pt.co.id\nAction: failed",
        ["budi@pt.co.id"],
    ),
    "original-useless": (
        "Original-Recipient: rfc822;\nFinal-Recipient: rfc822;budi@pt.co.id\nAction: failed",
        ["budi@pt.co.id"],
    ),
    "xtext": (
        "Original-Recipient: rfc822;budi+2Bska@pt.co.id\nFinal-Recipient: rfc822;x@y.id\nAction: failed",
        ["budi+ska@pt.co.id"],
    ),
    "utf-8": ("Final-Recipient: utf-8; b\\x{FC}di@pt.co.id\nAction: failed", ["büdi@pt.co.id"]),
    "no-type": ("Final-Recipient: <budi@pt.co.id>\nAction: failed", ["budi@pt.co.id"]),
    "odd-type": ("Final-Recipient: X-LOCAL;budi@pt.co.id\nAction: failed", ["budi@pt.co.id"]),
    "angle-brackets": ("Final-Recipient: rfc822;<budi@pt.co.id>\nAction: failed", ["budi@pt.co.id"]),
    "folded": ("Final-Recipient:\n rfc822;\n budi@pt.co.id\nAction:\n failed", ["budi@pt.co.id"]),
    "comment": ("Final-Recipient: rfc822;budi@pt.co.id\nAction: failed (bad address)", ["budi@pt.co.id"]),
    "case": ("FINAL-RECIPIENT: RFC822; BUDI@PT.CO.ID\nACTION: FAILED", ["budi@pt.co.id"]),
    "no-action": ("Final-Recipient: rfc822;budi@pt.co.id\nStatus: 5.1.1", ["budi@pt.co.id"]),
    "no-action-temporary": ("Final-Recipient: rfc822;budi@pt.co.id\nStatus: 4.2.2", []),
    "several": (
        "Final-Recipient: rfc822;tono@pt.co.id\nAction: failed\n\nFinal-Recipient: rfc822;ani@pt.co.id\nAction: delayed\n\n"
        "Final-Recipient: rfc822;budi@pt.co.id\nAction: failed\n\nFinal-Recipient: rfc822;BUDI@pt.co.id\nAction: failed",
        ["budi@pt.co.id", "tono@pt.co.id"],
    ),
    "run-together": (
        "Final-Recipient: rfc822;tono@pt.co.id\nAction: failed\nFinal-Recipient: rfc822;ani@pt.co.id\nAction: failed",
        ["ani@pt.co.id", "tono@pt.co.id"],
    ),
    "quoted-local-part": ('Final-Recipient: rfc822;"Budi S"@pt.co.id\nAction: failed', ['"budi s"@pt.co.id']),
    "opensmtpd": ("Final-Recipient: rfc822; budi@pt.co.id\nAction: error\nStatus: 5.0.0", BUDI),
    "opensmtpd-temporary": ("Final-Recipient: rfc822; budi@pt.co.id\nAction: error\nStatus: 4.0.0", []),
    "own": ("Final-Recipient: rfc822;hero@kemendag.go.id\nAction: failed", []),
}


@pytest.mark.parametrize(("status", "failed"), STANDARD.values(), ids=STANDARD)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_standard_report(status: str, failed: list[str], ends: str) -> None:
    verdict = screen(parse(dsn(MTA + status).replace(b"\n", ends.encode())), OWN)
    assert (verdict.name, list(verdict.failed_recipients)) == ("bounce", failed)
    assert "Content-Type" in verdict.reason


def test_report_without_its_type_or_with_another_sender_is_one_too() -> None:
    status = f"{MTA}Final-Recipient: rfc822;budi@pt.co.id\nAction: failed"
    assert screen(parse(dsn(status, report_type="")), OWN).failed_recipients == ("budi@pt.co.id",)
    other = (
        dsn(status)
        .replace(b"MAILER-DAEMON@mx.x.id (Mail Delivery System)", b"HERO <noreply@x.id>")
        .replace(b"Return-Path: <>\n", b"")
    )
    assert screen(parse(other), OWN).name == "bounce"
    nobody = dsn(status).replace(b"From: MAILER-DAEMON@mx.x.id (Mail Delivery System)\n", b"")
    assert screen(parse(nobody), OWN).name == "bounce"


def own_form(sender: str, subject: str, text: str, fields: str = "") -> bytes:
    return f"From: {sender}\nTo: hero@kemendag.go.id\nSubject: {subject}\n{fields}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()


DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.x.id>"
OWN_FORMS = {
    "local-part-that-begins-with-a-word": (
        DAEMON,
        "failure notice",
        "",
        "Sorry, unable to deliver your message to user1@pt.co.id for\nthe following reason:\n\n 552 Quota violation\n",
        ["user1@pt.co.id"],
    ),
    "yahoo-several": (
        "MAILER-DAEMON@yahoo.example",
        "Delivery failure",
        "",
        "Message from yahoo.example.\nUnable to deliver message to the following address(es).\n\n<usera@pt.co.id>:\nThis user doesn't have an account (usera@pt.co.id) [0]\n\n"
        "<userb@pt.co.id>:\nSorry your message to userb@pt.co.id cannot be delivered. This account has been disabled.\n\n--- Original message follows.\n\nTo: tono@pt.co.id\n",
        ["usera@pt.co.id", "userb@pt.co.id"],
    ),
    "dovecot-rejected": (
        "Mail Delivery Subsystem <admin@pt.co.id>",
        "Automatically rejected mail",
        "Auto-Submitted: auto-replied (rejected)\n",
        "Your message to <budi@pt.co.id> was automatically rejected:\nQuota exceeded\n",
        BUDI,
    ),
    "mdaemon-user-unknown": (
        "MDaemon@mail.pt.co.id",
        "Warning: budi@pt.co.id - User unknown!",
        "Precedence: bulk\n",
        "budi@pt.co.id - no such user here.\n\nThere is no user by that name at this server.\n",
        BUDI,
    ),
    "gateway-failed-recipients": (
        "E500_SMTP_Mail_Service@pt.co.id",
        "Returned Mail - Error During Delivery",
        "",
        "------ Failed Recipients ------\n\n<budi@pt.co.id>: Requested action not taken: mailbox unavailable.\n-------- Returned Mail --------\n\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "list-members-system": (
        "admin@pt.co.id",
        "Non-Delivery: Laporan",
        "Precedence: bulk\nList-Id: <a.pt.co.id>\n",
        '--- Non-Delivery Report ---\nThe email below could not be delivered to the following user:\n\n"budi@pt.co.id" <budi@pt.co.id>\n',
        BUDI,
    ),
    "gateway-still-trying": (
        "Symantec_AntiVirus_for_SMTP_Gateways@pt.co.id",
        "Delivery failure notification",
        "",
        "Your message could not be delivered to the following recipients:\n\nbudi@pt.co.id\n\nDelivery attempts will continue to be made for 5 day(s).\n",
        [],
    ),
    "returned-by-usa-net": (
        "MAILER-DAEMON@x.id",
        "Processing Error",
        "X-Autogenerated: Mirror\n",
        "Intended recipient: budi@pt.co.id\n\nThe following mail has been returned because it encountered an error\nwhile being processed.\n",
        BUDI,
    ),
    "quoted-sender": (
        '"System Administrator"@pt.co.id',
        "Delivery Failure",
        "",
        "Could not deliver message to the following recipient(s):\n\nFailed Recipient: budi@pt.co.id\nReason: 550 unknown user\n\n   -- The header and top 20 lines of the message follows --\n",
        BUDI,
    ),
    "message-text-follows": (
        "MAILER-DAEMON@x.id",
        "Mail delivery failed",
        "",
        "|---- Failed addresses follow: ----|\n <budi@pt.co.id> ... unknown user\n|---- Message text follows: ----|\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "qmail": (
        "<MAILER-DAEMON@mail.x.id>",
        "failure notice",
        "Return-Path: <>\n",
        "Hi. This is the qmail-send program at mail.x.id.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n<budi@pt.co.id>:\n203.0.113.4 does not like recipient.\n"
        "Remote host said: 550 5.1.1 User unknown\nGiving up on 203.0.113.4.\n\n--- Below this line is a copy of the message.\n\n"
        "Return-Path: <hero@kemendag.go.id>\nFrom: hero@kemendag.go.id\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "exim": (
        "Mail Delivery System <Mailer-Daemon@server.x.id>",
        "Mail delivery failed: returning message to sender",
        "",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n  budi@pt.co.id\n    host mx.pt.co.id [203.0.113.4]\n"
        "    SMTP error from remote mail server after RCPT TO:<budi@pt.co.id>:\n    550 5.1.1 User unknown\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <hero@kemendag.go.id>\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "exim-alias": (
        "Mail Delivery System <Mailer-Daemon@server.x.id>",
        "Mail delivery failed: returning message to sender",
        "X-Failed-Recipients: budi.s@mail.pt.co.id\n",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n"
        "recipients. This is a permanent error. The following address(es) failed:\n\n  budi.s@mail.pt.co.id\n    (generated from budi@pt.co.id)\n    550 User unknown\n",
        BUDI,
    ),
    "postfix-alias": (
        DAEMON,
        "Undelivered Mail Returned to Sender",
        "",
        "This is the mail system at host mx.x.id.\n\n<budi.s@mail.pt.co.id> (expanded from <budi@pt.co.id>): host mx said: 550 5.1.1\n",
        BUDI,
    ),
    "exim-delayed": (
        "Mail Delivery System <Mailer-Daemon@server.x.id>",
        "Warning: message 1kAbCd-0001 delayed 24 hours",
        "",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\n"
        "recipients after more than 24 hours on the queue on server.x.id.\n\nThe address to which the message has not yet been delivered is:\n\n  budi@pt.co.id\n\n"
        "No action is required on your part. Delivery attempts will continue for\nsome time.\n",
        [],
    ),
    "postfix-text": (
        DAEMON,
        "Undelivered Mail Returned to Sender",
        "",
        "This is the mail system at host mx.x.id.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n"
        "For further assistance, please send mail to postmaster.\n\n                   The mail system\n\n<budi@pt.co.id>: host mx.pt.co.id[203.0.113.4] said: 550 5.1.1\n"
        "    <budi@pt.co.id>: Recipient address rejected: User unknown (in reply to RCPT TO command)\n",
        BUDI,
    ),
    "postfix-delayed": (
        DAEMON,
        "Delayed Mail (still being retried)",
        "",
        "This is the mail system at host mx.x.id.\n\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n\n"
        "Your message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<budi@pt.co.id>: connect to mail.pt.co.id:25: Connection timed out\n",
        [],
    ),
    "postfix-success": (
        DAEMON,
        "Successful Mail Delivery Report",
        "",
        "This is the mail system at host mx.x.id.\n\nYour message was successfully delivered to the destination(s)\nlisted below.\n\n<budi@pt.co.id>: delivery via lmtp: 250 2.0.0 Saved\n",
        [],
    ),
    "sendmail": (
        "Mail Delivery Subsystem <MAILER-DAEMON@x.id>",
        "Returned mail: see transcript for details",
        "",
        "The original message was received at Tue, 3 Mar 2026 10:11:12 +0700\nfrom localhost\n\n   ----- The following addresses had permanent fatal errors -----\n<budi@pt.co.id>\n"
        "    (reason: 550 5.1.1 User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.pt.co.id.:\n>>> DATA\n<<< 550 5.1.1\n550 5.1.1 <budi@pt.co.id>... User unknown\n",
        BUDI,
    ),
    "sendmail-warning": (
        "Mail Delivery Subsystem <MAILER-DAEMON@x.id>",
        "Warning: could not send message for past 4 hours",
        "",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n"
        "    **********************************************\n\nThe original message was received at Tue, 3 Mar 2026\n\n   ----- The following addresses had transient non-fatal errors -----\n<budi@pt.co.id>\n",
        [],
    ),
    "exchange-2003": (
        "System Administrator <postmaster@pt.co.id>",
        "Undeliverable: Laporan",
        "",
        "Your message\n\n  To:      budi@pt.co.id\n  Subject: Laporan\n  Sent:    Tue, 3 Mar 2026 10:11:12 +0700\n\ndid not reach the following recipient(s):\n\n"
        "budi@pt.co.id on Tue, 3 Mar 2026 10:11:15 +0700\n    The recipient name is not recognized\n",
        BUDI,
    ),
    "exchange-2010": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@pt.co.id>",
        "Undeliverable: Laporan",
        "",
        "Delivery has failed to these recipients or groups:\n\nbudi@pt.co.id<mailto:budi@pt.co.id>\nThe e-mail address you entered couldn't be found.\n\n"
        "Diagnostic information for administrators:\n\nGenerating server: pt.co.id\n\nbudi@pt.co.id\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\nReceived: from mx.x.id\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "exchange-any-subject": (
        "System Administrator <postmaster@pt.co.id>",
        "Laporan",
        "Return-Path: <>\n",
        "Your message\n\n  To:      tono@pt.co.id\n  Subject: Laporan\n  Sent:    Tue, 3 Mar 2026 10:11:12 +0700\n\ndid not reach the following recipient(s):\n\n"
        "budi@pt.co.id on Tue, 3 Mar 2026 10:11:15 +0700\n    The recipient name is not recognized\n",
        BUDI,
    ),
    "gateway-answering": (
        "post_master@sms.id",
        "Re:Laporan",
        "",
        "Error: Invalid user address\n\nError message below:\n550 - no such user here\n\nMessage details:\n  Subject: Laporan\n  MAIL FROM: hero@kemendag.go.id\n  RCPT TO: budi@pt.co.id\n  From: hero@kemendag.go.id\n",
        BUDI,
    ),
    "gmx": (
        "MAILER-DAEMON@mail.gmx.example",
        "Mail delivery failed: returning message to sender",
        "Return-Path:\n",
        'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of\nits recipients. The following address\nfailed:\n\n"budi@pt.co.id":\nSMTP error\n\n'
        "--- The header of the original message is following. ---\n\nReceived: from x\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "trouble": (
        "mailer-daemon",
        "There was an error sending your mail",
        "Precedence: list\nAuto-Submitted: auto-replied\n",
        "We had trouble delivering your message. Full details follow:\n\nThe following recipients returned permanent errors: budi@pt.co.id.\nReason: refused\n",
        BUDI,
    ),
    "brackets": (
        DAEMON,
        "Returned Mail: User unknown",
        "",
        "The original message was received at Tue, 3 Mar 2026\nfrom hero@kemendag.go.id\n\n---The following addresses had delivery errors---\nbudi@pt.co.id [User unknown]\n",
        BUDI,
    ),
    "daemon-envelope": (
        "Admin <admin@pt.co.id>",
        "Mail System Error - Returned Mail",
        "Return-Path: <MAILER-DAEMON>\n",
        "Maaf, surel tidak terkirim.\n\n<budi@pt.co.id>\n",
        BUDI,
    ),
    "exchange-names": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@pt.co.id>",
        "Undeliverable: Laporan",
        "",
        "Delivery has failed to these recipients or groups:\n\nBudi Santoso (budi@pt.co.id)<mailto:budi@pt.co.id>\nThe recipient's mailbox is full.\n\n"
        "ani@pt.co.id<mailto:ani@pt.co.id>\nThe e-mail address couldn't be found.\n",
        ["ani@pt.co.id", "budi@pt.co.id"],
    ),
    "exchange-de": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@pt.de>",
        "Unzustellbar: Laporan",
        "",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nBudi (budi@pt.co.id)<mailto:budi@pt.co.id>\nDas Postfach ist voll.\n",
        BUDI,
    ),
    "exchange-id": (
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@pt.co.id>",
        "Tidak terkirim: Laporan",
        "",
        "Pengiriman gagal ke penerima atau grup berikut:\n\nbudi@pt.co.id (budi@pt.co.id)\nAlamat email yang Anda masukkan tidak dapat ditemukan.\n",
        BUDI,
    ),
    "office365": (
        "Microsoft Outlook <postmaster@pt.co.id>",
        "Undeliverable: Laporan",
        "X-MS-Exchange-Message-Is-Ndr:\n",
        "Your message to budi@pt.co.id couldn't be delivered.\n\nbudi wasn't found at pt.co.id.\n\nhero\tOffice 365\tbudi\n\nOriginal Message Details\nSender Address: hero@kemendag.go.id\nRecipient Address: budi@pt.co.id\n",
        BUDI,
    ),
    "gmail": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "X-Failed-Recipients: Budi@pt.co.id\n",
        "** Address not found **\n\nYour message wasn't delivered to budi@pt.co.id because the address couldn't be found.\n",
        BUDI,
    ),
    "gmail-text": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "",
        "Delivery to the following recipient failed permanently:\n\n     budi@pt.co.id\n\nTechnical details of permanent failure:\nGoogle tried to deliver your message, but it was rejected.\n\n----- Original message -----\n\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "gmail-delay": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Delay)",
        "X-Failed-Recipients: budi@pt.co.id\n",
        "** Delivery incomplete **\n\nThere was a temporary problem delivering your message to budi@pt.co.id. Gmail will retry for 46 more hours.\n",
        [],
    ),
    "yahoo": (
        "MAILER-DAEMON@yahoo.com",
        "Failure Notice",
        "",
        "Sorry, we were unable to deliver your message to the following address.\n\n<budi@pt.co.id>:\n550: 5.1.1 User unknown\n\n--- Below this line is a copy of the message.\n\nReceived: from [127.0.0.1]\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "notes": (
        "Mail Router <postmaster@pt.co.id>",
        "DELIVERY FAILURE: User budi (budi@pt.co.id) not listed in Domino Directory",
        "",
        "Your message\n\n  Subject: Laporan\n\nwas not delivered to:\n\n  budi@pt.co.id\n\nbecause:\n\n  User budi (budi@pt.co.id) not listed in Domino Directory\n",
        BUDI,
    ),
    "groupwise": (
        "Mailer-Daemon@pt.co.id",
        "Message status - undeliverable",
        "",
        "The message that you sent was undeliverable to the following:\n\tbudi@pt.co.id (user not found)\n",
        BUDI,
    ),
    "smtp32": (
        "Postmaster <postmaster@pt.co.id>",
        "Undeliverable Mail",
        "X-Mailer: <SMTP32 v8>\n",
        "User mailbox exceeds allowed size: budi@pt.co.id\n\nOriginal message follows.\n\nTo: tono@pt.co.id\n",
        BUDI,
    ),
    "mdaemon": (
        "MDaemon@pt.co.id",
        "Permanent Delivery Failure",
        "",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has been removed.\n\nFailed address: budi@pt.co.id\n\n--- Session Transcript ---\n",
        BUDI,
    ),
    "courier": (
        '"Courier mail server at x.id" <postmaster@x.id>',
        "NOTICE: mail delivery status.",
        "",
        "This is a delivery status notification from x.id,\nrunning the Courier mail server, version 0.73.\n\nThe original message was received on Tue, 3 Mar 2026\n\n"
        "UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<budi@pt.co.id>:\n     550 User unknown.\n",
        BUDI,
    ),
    "ses": (
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        "",
        "An error occurred while trying to deliver the mail to the following recipients:\nbudi@pt.co.id\n",
        BUDI,
    ),
    "mail.ru": (
        "mailer-daemon@corp.mail.ru",
        "Mail failure.",
        "",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error.\n\n"
        "Это письмо создано автоматически сервером Mail.Ru.\n\nThe following address(es) failed:\n\nbudi@pt.co.id\n",
        BUDI,
    ),
    "zimbra-id": (
        DAEMON,
        "Surat Tidak Terkirim Dikembalikan kepada Pengirim",
        "",
        "Ini adalah sistem surat di host mail.x.id.\n\nKami mohon maaf, pesan Anda tidak dapat dikirimkan ke satu atau lebih penerima.\n\n<budi@pt.co.id>: host mx.pt.co.id said: 550 5.1.1 User unknown\n",
        BUDI,
    ),
    "id-gagal": (
        "Sistem Email <mailer-daemon@pt.co.id>",
        "Gagal mengirim pesan",
        "",
        "Pesan Anda tidak terkirim ke alamat budi@pt.co.id karena kotak surat penuh.\n",
        BUDI,
    ),
    "id-tertunda": (
        "Sistem Email <mailer-daemon@pt.co.id>",
        "Pengiriman email tertunda",
        "",
        "Pesan Anda belum dapat dikirim ke budi@pt.co.id. Server akan terus mencoba selama 48 jam; akan dicoba lagi.\n",
        [],
    ),
    "t-online": (
        "Mail Delivery System <mailer-daemon@t-online.de>",
        "Mail delivery failed: returning message to sender",
        "",
        "Ihre Nachricht konnte nicht zugestellt werden an:\n\n  budi@pt.co.id\n    User unknown\n",
        BUDI,
    ),
    "qq": (
        "PostMaster@qq.com",
        "系统退信/Systems bounce",
        "",
        "您的邮件被退回\n\n收件人（budi@pt.co.id）邮箱不存在\nThe recipient <budi@pt.co.id> does not exist.\n",
        BUDI,
    ),
    "barracuda": (
        "Postmaster <postmaster@pt.co.id>",
        "**Message you sent blocked by our bulk email filter**",
        "",
        "Your message to: budi@pt.co.id\nwas blocked by our Spam Firewall. The email you sent with the following subject has NOT BEEN DELIVERED:\n\nSubject: Laporan\n",
        BUDI,
    ),
    "null-sender": (
        "Layanan Surel <notifikasi@pt.co.id>",
        "Pesan tidak terkirim",
        "Return-Path: <>\n",
        "Pesan Anda tidak dapat disampaikan kepada penerima berikut:\n\nbudi@pt.co.id\ntono@pt.co.id\n\nPesan asli terlampir\n",
        ["budi@pt.co.id", "tono@pt.co.id"],
    ),
    "fields-in-text": (
        DAEMON,
        "Delivery failure",
        "",
        "Your message could not be delivered.\n\nReporting-MTA: dns; mx.x.id\n\nFinal-Recipient: rfc822; budi@pt.co.id\nAction: failed\nStatus: 5.1.1\n",
        BUDI,
    ),
    "no-domain-sender": (
        "MAILER-DAEMON",
        "failure notice",
        "",
        "Hi. This is the qmail-send program at x.id.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<budi@pt.co.id>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
        BUDI,
    ),
    "contact-and-own-named": (
        DAEMON,
        "Undeliverable mail",
        "",
        "Your message from hero@kemendag.go.id could not be delivered.\n\nSender: hero@kemendag.go.id\nRecipient: budi@pt.co.id\nFor further assistance contact postmaster@x.id\n",
        BUDI,
    ),
}


@pytest.mark.parametrize(("sender", "subject", "fields", "text", "failed"), OWN_FORMS.values(), ids=OWN_FORMS)
def test_report_in_a_form_of_its_own(sender: str, subject: str, fields: str, text: str, failed: list[str]) -> None:
    verdict = screen(parse(own_form(sender, subject, text, fields)), OWN)
    assert (verdict.name, list(verdict.failed_recipients)) == ("bounce", failed)


QMAIL = OWN_FORMS["qmail"][3]
NO_REPORTS = {
    "forwarded-inline": own_form(
        "Budi <budi@pt.co.id>",
        "Fwd: Undelivered Mail Returned to Sender",
        f"Tolong dicek, email saya balik.\n\n---------- Pesan terusan ---------\n{QMAIL}",
    ),
    "forwarded-without-words": own_form(
        "Budi <budi@pt.co.id>", "Fwd: failure notice", f"---------- Forwarded message ---------\n{QMAIL}"
    ),
    "quoted": own_form(
        "Budi <budi@pt.co.id>",
        "Re: Undeliverable: Laporan",
        "Alamatnya salah, coba ini.\n\n> Your message to budi@pt.co.id couldn't be delivered.",
    ),
    "about-one": own_form(
        "Budi <budi@pt.co.id>",
        "Email tidak terkirim",
        "Yth. Tim,\n\nSejak kemarin semua email saya ke alamat tono@pt.co.id tidak terkirim. Mohon dicek.",
    ),
    "about-one-bare": own_form("Budi <budi@pt.co.id>", "Gagal mengirim email", "Gagal mengirim terus pak, kenapa ya?"),
    "postmaster-asks": own_form(
        "Postmaster <postmaster@pt.co.id>",
        "Pertanyaan",
        "Yth. Tim,\n\nKami were unable to deliver mail to your domain. Pesan Anda tidak dapat kami baca.",
    ),
    "postmaster-writes": own_form(
        "Postmaster <postmaster@pt.co.id>", "Pertanyaan SPF", "Yth. Tim HERO,\n\nMohon informasi SPF kemendag.go.id."
    ),
    "attached": (
        b'From: Budi <budi@pt.co.id>\nSubject: Undeliverable: Laporan\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: text/plain\n\nTolong dicek pak.\n'
        b"--m\nContent-Type: message/rfc822\n\n"
        + dsn(f"{MTA}Final-Recipient: rfc822;x@y.id\nAction: failed")
        + b"\n--m--\n"
    ),
    "status-part-forwarded": (
        b'From: Budi <budi@pt.co.id>\nSubject: FW: Undeliverable: Laporan\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="m"\n\n--m\nContent-Type: text/plain\n\nTolong dicek pak.\n'
        b"--m\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822;x@y.id\nAction: failed\n--m--\n"
    ),
}


def test_vacation_with_an_empty_envelope_sender_is_no_report() -> None:
    text = "Email Anda belum dapat saya balas, your message could not be read until Monday."
    raw = own_form("Budi <budi@pt.co.id>", "Re: Laporan", text, "Return-Path: <>\nAuto-Submitted: auto-replied\n")
    assert screen(parse(raw), OWN).name == "auto_reply"


@pytest.mark.parametrize("raw", NO_REPORTS.values(), ids=NO_REPORTS)
def test_person_who_speaks_of_a_report_sends_none(raw: bytes) -> None:
    message = parse(raw)
    assert report(message, OWN) is None
    assert screen(message, OWN).name == "accept"
