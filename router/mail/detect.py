"""Which charset unlabelled bytes are in: small tests on byte ranges, no statistics beyond them.

For bytes that are neither ASCII nor valid UTF-8. A wrong guess costs a few letters, so the tests are cheap and ordered.
"""

from __future__ import annotations

import re

_SAMPLE = 20_000
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_ESCAPE_JP = re.compile(rb"\x1b(?:\$[@B]|\(J|\$\(D)")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_EUC_PAIR = re.compile(rb"[\xa1-\xfe][\xa1-\xfe]")
_SJIS_KANA = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]")
_BIG5_COMMON = re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|\xa1[\x40-\x7e]")
_BIG5_LOW_TRAIL = re.compile(rb"[\xa4-\xc6][\x40-\x7e]")
_JP_SEGMENT = re.compile(rb"(\x1b(?:\$[@B]|\([BJI]))")


def mostly_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8 with a few broken places (a cut character, one foreign word)."""
    sample = data[:_SAMPLE]
    good = _UTF8_SEQUENCE.findall(sample)
    stray = len(re.findall(rb"[\x80-\xff]", sample)) - sum(map(len, good))
    return len(good) >= 2 and stray * 2 <= len(good)


def detect(data: bytes) -> str:
    """The name of a Python codec for bytes that are not valid UTF-8; "cp1252" when nothing else shows."""
    sample = data[:_SAMPLE]
    if _ESCAPE_JP.search(sample):
        return "iso2022_jp_ext"
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    if not high:
        return "cp1252"
    if _share(_SJIS_KANA, sample) * 2 > high * 0.3 and _decodes(sample, "cp932"):
        return "cp932"
    if high / len(runs) < 2:  # letters with accents stand alone
        return "cp1252"
    return _east_asian(sample, runs, high) or _cyrillic(runs, high) or "cp1252"


def _east_asian(sample: bytes, runs: list[bytes], high: int) -> str | None:
    pairs = [pair for run in runs for pair in _EUC_PAIR.findall(run)]
    if len(pairs) * 2 >= high * 0.9 and all(len(run) % 2 == 0 for run in runs[:-1]):
        leads = [pair[0] for pair in pairs]
        kana = sum(lead in (0xA4, 0xA5) for lead in leads)
        if kana * 4 > len(leads) and _decodes(sample, "euc_jp"):
            return "euc_jp"
        if not _looks_cyrillic(runs, high):
            hangul = sum(0xB0 <= lead <= 0xC8 for lead in leads)
            if len(leads) >= 6 and hangul == sum(lead >= 0xB0 for lead in leads) and _decodes(sample, "cp949"):
                return "cp949"
            if sum(0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3) for lead in leads) * 10 >= len(leads) * 7:
                return "gb18030"
    if _share(_BIG5_LOW_TRAIL, sample) and _share(_BIG5_COMMON, sample) * 2 >= high * 0.9 and _decodes(sample, "cp950"):
        return "big5hkscs"
    common = sum(0xB0 <= pair[0] <= 0xD7 for pair in pairs)
    if common * 2 >= high * 0.6 and not _looks_cyrillic(runs, high) and _decodes(sample, "gb18030"):
        return "gb18030"
    return None


def _cyrillic(runs: list[bytes], high: int) -> str | None:
    if not _looks_cyrillic(runs, high):
        return None
    upper_half = sum(byte >= 0xE0 for run in runs for byte in run)
    return "cp1251" if upper_half * 2 > high else "koi8_r"


def _looks_cyrillic(runs: list[bytes], high: int) -> bool:
    """Long words of letters only, mostly from one half of the letters' range (lower case)."""
    letters = sum(byte >= 0xC0 for run in runs for byte in run)
    upper_half = sum(byte >= 0xE0 for run in runs for byte in run)
    return high / len(runs) >= 3 and letters >= high * 0.95 and max(upper_half, letters - upper_half) >= letters * 0.75


def _share(pattern: re.Pattern[bytes], sample: bytes) -> int:
    return len(pattern.findall(sample))


def _decodes(sample: bytes, codec: str) -> bool:
    """Whether the sample is valid, but for a character cut off at its end."""
    try:
        sample.decode(codec)
    except UnicodeDecodeError as error:
        return error.start >= len(sample) - 3
    return True


def iso_2022_jp_to_text(data: bytes) -> str | None:
    """ISO-2022-JP with the vendors' characters in row 13 and others (CP50220), which Python's codecs refuse; else None.

    Each double-byte segment is shifted into Shift_JIS and read as code page 932.
    """
    out = []
    mode = b"\x1b(B"
    for piece in _JP_SEGMENT.split(data):
        if piece.startswith(b"\x1b"):
            mode = piece
        elif mode in (b"\x1b$@", b"\x1b$B"):
            out.append(_shifted(piece))
        else:
            out.append(bytes(b | 0x80 for b in piece) if mode == b"\x1b(I" else piece)
    try:
        return b"".join(out).decode("cp932")
    except UnicodeDecodeError:
        return None


def _shifted(jis: bytes) -> bytes:
    """7-bit JIS pairs as Shift_JIS pairs (JIS X 0208, annex 1); what isn't a pair is kept."""
    out = bytearray()
    for row, cell in zip(jis[0::2], jis[1::2], strict=False):
        lead = ((row + 1) >> 1) + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell >= 0x60 else 0x1F)
        out += bytes((lead & 0xFF, trail & 0xFF))
    return bytes(out)
