"""Where an earlier message begins: introductions ("On … wrote:"), header blocks, separator lines.

Each test looks at a few lines only, cut short, so that the whole is linear whatever a stranger sends. A test that may
be wrong about a person's own words says "likely", which counts only where quoted lines follow, or "bare" (a date and
an address, no word for writing), which counts also for a paragraph of its own.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from router.mail import region_words as words
from router.mail.lines import Line

Certainty = Literal["sure", "bare", "likely", ""]

INTRO_LINES: Final = 5  # lines that one introduction may be wrapped over
BLOCK_LINES: Final = 14  # lines that a header block may have
INTRO_LENGTH: Final = 450

_DRAWN: Final = "-–—=_*"  # what lines are drawn with
_KEY: Final = re.compile(r"[*_>\s]{0,4}([^\s:：*][^:：*]{0,24}?)[*_\s]{0,3}[:：][*_]{0,2}(.*)$", re.S)
_BRACKETED: Final = re.compile(r"[<(\[][^\s<>()\[\]@]{1,80}@[^\s<>()\[\]@]{1,120}[>)\]]|<mailto:|\[mailto:", re.I)
_ADDRESS: Final = re.compile(r"[^\s<>()\[\]@:,;]{1,80}@[^\s<>()\[\]@:,;]{1,120}")
_BROKEN_ADDRESS: Final = re.compile(r"(?<=<) | (?=>)|(?<=\w@) (?=[\w.-]{1,100}>)| (?=@[\w.-]{1,100}>)")
_RUN_ON: Final = re.compile(
    r"[>)\]]\s{0,2}(?:wrote|menulis|schrieb|a écrit|escribió|escreveu|ha scritto)\s?:(?=\s{2,}\S)", re.I
)
_ONE_LINE: Final = re.compile(
    r"\W{0,3}(?:from|dari|von|de|da|van)\s?:.{3,200}?\s(?:sent|date|dikirim|terkirim|tanggal|gesendet|envoyé|enviado|inviato|verzonden)\s?:"
    r".{6,120}?\s(?:to|kepada|ke|an|à|para|a|aan)\s?:.{1,300}?\s(?:subject|subjek|perihal|betreff|objet|asunto|oggetto|onderwerp)\s?:",
    re.I,
)
_ADDRESS_AT_END: Final = re.compile(r"@[^\s<>@]{1,120}(?:[>)\]][\"'”»>)]{0,2})\s?$")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)")
_NUMERIC_DATE: Final = re.compile(
    r"(?<!\d)\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}(?!\d)|\d{1,2}月\s?\d{1,2}日|\d월"
)
_TIME: Final = re.compile(r"(?<![\d.,])(?:[01]?\d|2[0-3])[:.h](?:[0-5]\d)(?![\d/]|\.\d{3,})|\d{1,2}[時시点]\s?\d{0,2}")
_LAST_WORD: Final = re.compile(r"(\w+)[\W_]*$")
_DIGITS: Final = {ord(zero) + n: str(n) for zero in "٠۰०๐" for n in range(10)}
_NOTES: Final = re.compile(r"-{2,}\s?.{1,200}(?<!\w)(?:wrote|menulis|schrieb|a écrit|escribió)\s?:?\s?-{2,}", re.I)
_GROUPWISE: Final = re.compile(r">{3}\s?.{1,120}\d.{0,12}\s>{3}")
_RULE: Final = re.compile(r"[_\-–—=*]{5,}")
_RAW_FIELD: Final = re.compile(
    r"(?:received|return-path|delivered-to|dkim-signature|authentication-results|mime-version|arc-[\w-]+|x-[\w-]+):",
    re.I,
)


def is_forward(text: str) -> bool:
    """Whether a line announces a forwarded message."""
    return (text[:1] in _DRAWN or text[-1:] in ":：") and _says(text) and bool(words.FORWARD.fullmatch(text))


def is_original(text: str) -> bool:
    """Whether a line such as "-----Original Message-----" announces the message that is answered."""
    if text[:1] not in _DRAWN or not _says(text):
        return False
    return bool(words.ORIGINAL.fullmatch(text) or _NOTES.fullmatch(text))


def _says(text: str) -> bool:
    """Whether there are words within a drawn line; saves a long search in a line that is only drawn."""
    return bool(text.strip(_DRAWN + " ")) and len(text) - len(text.lstrip(_DRAWN)) <= 60


def is_above(text: str) -> bool:
    """Whether a line asks to write the answer above it (help desks, and we)."""
    return bool(words.ABOVE.fullmatch(text))


def is_groupwise(line: Line) -> bool:
    """GroupWise's ``>>> Name 03/03/26 10:11 >>>``, which only looks like a quoted line."""
    return line.depth >= 3 and line.raw.rstrip().endswith(">>>") and bool(_GROUPWISE.fullmatch(line.raw[:200].strip()))


def is_rule(text: str) -> bool:
    """Whether a line is nothing but a drawn line."""
    return bool(_RULE.fullmatch(text))


def is_raw_header(lines: list[Line], at: int) -> bool:
    """Whether line `at` is within a header that the writer pasted to show it, with fields that no mail program quotes."""
    for step in (-1, 1):
        k = at + step
        while 0 <= k < len(lines) and abs(k - at) < BLOCK_LINES and lines[k].text:
            if _RAW_FIELD.match(lines[k].text):
                return True
            k += step
    return False


def introduction(lines: list[Line], at: int) -> tuple[int, Certainty]:
    """Whether an introduction begins at line `at`: how many lines it takes, and how sure that is; (0, "") if none."""
    first = lines[at].text
    if (run_on := _RUN_ON.search(first)) and _certainty(first[: run_on.end()]) == "sure":
        return 1, "sure"  # Yahoo's program for Android goes on in the same line
    length = _span(lines, at)
    if not length:
        return 0, ""
    if length > 1 and not words.START.match(first) and not words.QUOTING.match(first):
        later = next((k for k in range(1, length) if words.START.match(lines[at + k].text)), 0)
        if later and _certainty(_join(lines, at + later, length - later)):
            return 0, ""  # it begins further down; what is above is the writer's own
    certainty = _certainty(_join(lines, at, length))
    if certainty == "likely" and length > 2 and not words.START.match(first):
        return 0, ""
    return (length, certainty) if certainty else (0, "")


def _span(lines: list[Line], at: int) -> int:
    """How many lines from `at` on end with the first line that ends in a colon; 0 if none does soon."""
    for k in range(INTRO_LINES):
        if at + k >= len(lines):
            return 0
        line = lines[at + k]
        if not line.text or line.depth or (line.weak and not lines[at].weak):
            return 0
        if line.text.endswith((":", "：", ":-", "：>")) or (k < 3 and _colonless(line.text)):
            return k + 1
    return 0


def _colonless(text: str) -> bool:
    """A last line that some programs write without a colon: "… wrote -", "…님이 작성"."""
    return text.endswith((" wrote", "写道", "寫道", "のメール")) and bool(_TIME.search(text) or "@" in text)


def _join(lines: list[Line], at: int, length: int) -> str:
    text = unicodedata.normalize("NFKC", " ".join(lines[at + k].text for k in range(length)))
    text = _BROKEN_ADDRESS.sub("", text)
    return text if text.isascii() else text.translate(_DIGITS)


def _certainty(text: str) -> Certainty:
    if len(text) > INTRO_LENGTH:
        return ""
    body = text.rstrip(":：- >" if not text.endswith(">:") else ":").rstrip()
    if _role(text)[0] and not words.VERB.search(text):
        return ""  # "Dari: …" is a header line
    verb = words.VERB.search(body)
    bracketed = _BRACKETED.search(body)
    year = _YEAR.search(body) or _NUMERIC_DATE.search(body)
    time = _TIME.search(body)
    dated = bool(year or (time and words.MONTH.search(body)))
    if bracketed and (dated or time) and _verb_closes(body):
        return "sure"
    if bracketed and (dated or time) and _ADDRESS_AT_END.search(body):
        return "sure" if verb else "bare"
    if verb and time and dated and _verb_closes(body) and _named(body):
        return "sure"
    if verb and (_verb_closes(body) or words.VERB_AT_END.search(body)) and len(body) <= 250:
        return "likely"
    if words.QUOTING.match(body) and len(body) <= 200:
        return "likely"
    if (bracketed and _ADDRESS_AT_END.search(body)) or (dated and (time or _ADDRESS.search(body)) and len(body) <= 160):
        return "likely"
    return ""


def _verb_closes(body: str) -> bool:
    """ "… X wrote", "schrieb X", "X wrote on 3/3/2026 10:11 AM": the verb stands where programs put it."""
    last = _last_verb(body)
    if last is None:
        return False
    rest = body[last.end() :].strip()
    if len(rest) <= 3:
        return True
    if words.VERB_BEFORE_NAME.search(body):
        return len(rest) <= 200
    return len(rest) <= 60 and bool(_TIME.search(rest) or _NUMERIC_DATE.search(rest) or _ADDRESS_AT_END.search(rest))


def _named(body: str) -> bool:
    """Whether the one who wrote is named: "Budi wrote", not "he wrote" or "kami menulis"."""
    if _ADDRESS.search(body):
        return True
    last = _last_verb(body)
    if last is None:
        return False
    before = _LAST_WORD.search(body[: last.start()][-80:])
    after = re.match(r"\W*(\w+)", body[last.end() : last.end() + 80])
    name = before.group(1) if before else ""
    if words.VERB_BEFORE_NAME.search(last.group()) and after and not (after.group(1).islower() and name):
        name = after.group(1)
    if name.lower() in words.PRONOUNS:
        return False
    return not (name.isascii() and name.islower())


def _last_verb(body: str) -> re.Match[str] | None:
    last = None
    for match in words.VERB.finditer(body):
        last = match
    return last


def _role(text: str) -> tuple[str, str, str]:
    """What a header line is of ("from", …, or "" for none), its key in lower case, its value."""
    match = _KEY.match(text)
    if not match:
        return "", "", ""
    key = " ".join(match.group(1).lower().split())
    return words.ROLES.get(key, ""), key, match.group(2).strip(" *_")


def header_block(lines: list[Line], at: int, announced: bool = False) -> int:
    """How many lines a mail program's header block from line `at` on takes; 0 if it is none.

    `announced`: a separator line stands above it. Without one the block must hold what no form or letter has: an
    address, a time of day, or a key that only mail uses.
    """
    text = lines[at].text
    if "@" in text and _ONE_LINE.match(text):
        return 1
    first = _role(text)[0] if ":" in text or "：" in text else ""
    if first not in ("from", "sent", "subject") and not (announced and first in ("to", "other", "cc")):
        return 0
    values: dict[str, str] = {}
    keys: set[str] = set()
    end, k, loose = at, at, 0
    while k < len(lines) and k - at < BLOCK_LINES and lines[k].depth == lines[at].depth:
        text = lines[k].text
        role, key, value = _role(text)
        if role and not (role in values and role not in ("other", "cc")):
            values[role] = value
            keys.add(key)
            end, loose = k, 0
        elif key in words.MEMO and not announced:
            return 0
        elif not text:
            following = lines[k + 1].text if k + 1 < len(lines) else ""
            if (len(values) >= 3 and "subject" in values) or not _role(following)[0]:
                break
        else:
            loose += 1
            if loose > 3 or not _continues(values, text):
                break
        k += 1
    return end - at + 1 if _is_block(values, keys, announced) else 0


def _continues(values: dict[str, str], text: str) -> bool:
    """Whether a line without a key may be a folded list of recipients or a value on its own line."""
    return "subject" not in values and ("@" in text or ";" in text or text.endswith(",") or not all(values.values()))


def _is_block(values: dict[str, str], keys: set[str], announced: bool) -> bool:
    if "from" not in values:
        return False
    if announced:
        return len(values) >= 2
    time = bool(_TIME.search(values.get("sent", "")))
    mail_only = bool(keys & words.MAIL_ONLY)
    if len(values) < 3 or ("subject" not in values and not (mail_only and time)):
        return False
    return time or mail_only or "@" in values["from"] or "@" in values.get("to", "")
