"""Does a request need an official letter, and is it there (classification guide, section 5)?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from router.mail.message import Attachment, Message
from router.rulebook.decision import Letter, TicketType
from router.rulebook.firing import stands
from router.rulebook.service import Service
from router.rulebook.signal import Hits, Phrases

_SCREENSHOT = re.compile(
    r"(?i)(?:screen|ss[\W_\d]|tangkapan|capture|cuplikan|snip|image[\W_\d]|image$|logo|error|eror|foto|photo|img[\W_]?20)"
)
_DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".tif", ".tiff")
_DOCUMENT_TYPES = (
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
    "application/rtf",
    "text/rtf",
    "image/tiff",
)


@dataclass(frozen=True, slots=True)
class LetterWords:
    """Phrases (numbers of the index) that name a letter, and that only promise one."""

    words: Phrases
    later: Phrases


def letter(message: Message, hits: Hits, service: Service, decided: TicketType, words: LetterWords) -> Letter:
    """not-required, present or missing."""
    policy = service.letter
    if policy is None or decided not in policy.types:
        return "not-required"
    if policy.any and not stands(policy.any, hits):
        return "not-required"
    if stands(policy.unless, hits):
        return "not-required"
    return "present" if _present(message, hits, words) else "missing"


def _present(message: Message, hits: Hits, words: LetterWords) -> bool:
    """A document is the letter unless the mail says that it will follow; a scan is, if the mail speaks of a letter."""
    if any(h.sentence.place == "attachment" for p in words.words for h in hits.get(p, ())):
        return True
    if stands(words.later, hits):
        return False
    spoken = stands(words.words, hits)
    return any(_is_document(a) or (spoken and _is_scan(a)) for a in message.attachments)


def _is_document(attachment: Attachment) -> bool:
    name = (attachment.filename or "").lower()
    return name.endswith(_DOCUMENTS) or attachment.content_type.lower() in _DOCUMENT_TYPES


def _is_scan(attachment: Attachment) -> bool:
    """A picture that is neither shown in the text nor named as a screenshot or by a mail program."""
    picture = attachment.content_type.lower().startswith("image/") and not attachment.inline
    return picture and not _SCREENSHOT.match(attachment.filename or "image")
