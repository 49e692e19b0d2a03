"""Mail that the system tests send: customers', agents', machines'."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from tests.system.stand import text_of

OUR_HOST = "mx.kemendag.go.id"


def letter(
    sender: str,
    to: str,
    subject: str,
    text: str,
    message_id: str,
    name: str = "",
    believed: bool = False,
    **fields: str,
) -> EmailMessage:
    """A mail; `believed`: our own host says that the sender's domain was verified. `fields`: In_Reply_To="…"."""
    message = EmailMessage(policy=SMTP)
    if believed:
        domain = sender.rpartition("@")[2]
        message["Authentication-Results"] = f"{OUR_HOST}; dmarc=pass header.from={domain}"
    message["From"] = f"{name} <{sender}>" if name else sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Tue, 24 Nov 2026 09:00:00 +0700"
    message["Message-ID"] = f"<{message_id}>"
    for field, value in fields.items():
        message[field.replace("_", "-")] = value
    message.set_content(text)
    return message


def reply(to: EmailMessage, sender: str, text: str, message_id: str, mailbox: str, **more: object) -> EmailMessage:
    """An answer as Gmail in Indonesian writes it, with the whole old mail quoted below."""
    quoted = "\n".join(f"> {line}" for line in text_of(to).splitlines())
    intro = f"Pada Sel, 24 Nov 2026 pukul 10.11 {to['From']} menulis:"
    references = " ".join(filter(None, (str(to["References"] or ""), str(to["Message-ID"]))))
    answer = letter(sender, mailbox, f"Re: {to['Subject']}", f"{text}\n\n{intro}\n\n{quoted}\n", message_id, **more)  # type: ignore[arg-type]
    answer["In-Reply-To"] = str(to["Message-ID"])
    answer["References"] = references
    return answer
