"""msg-ids: read from fields, made with a signed token, recognised; ticket numbers in subjects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.mail.msgid import ids_in, make, number_in, ticket_of, with_number

SECRET = b"0123456789abcdef"
NUMBER = "HERO-2026-000123"
MINE = make(NUMBER, "acknowledgement", "<a1@customer.example>", "kemendag.go.id", SECRET)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b>", ("a@b",)),
        (" <a@b> ", ("a@b",)),
        ("<a@b>\n <c@d>", ("a@b", "c@d")),
        ("<a@b><c@d>", ("a@b", "c@d")),
        ("<a@b>, <c@d>", ("a@b", "c@d")),
        ("(x <no@no>) <a@b> (y)", ("a@b",)),
        ("((x) <no@no>) <a@b>", ("a@b",)),
        ('Your message of "Tue, 3 Mar" <a@b>', ("a@b",)),
        ("<a@b> junk <c@d", ("a@b", "c@d")),
        ("< a@b >", ("a@b",)),
        ("<a\n b@c>", ("ab@c",)),
        ("<<a@b>>", ("a@b",)),
        ("a@b", ("a@b",)),
        ("a@b c@d", ("a@b", "c@d")),
        ("abc", ("abc",)),
        ("some words", ()),
        ("<>", ()),
        ("", ()),
        ("(unclosed <a@b>", ("a@b",)),
        ("<abc>", ("abc",)),
    ],
)
def test_ids_of_a_field(value: str, ids: tuple[str, ...]) -> None:
    assert ids_in(value) == ids


def test_a_token_names_its_ticket() -> None:
    assert MINE.startswith("hero.000123-2026.acknowledgement.")
    assert MINE.endswith("@kemendag.go.id")
    assert ticket_of(MINE, SECRET) == NUMBER
    assert ticket_of(f"<{MINE}>", SECRET) == NUMBER


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_a_token_survives_a_relay_that_changes_case(change: type[str]) -> None:
    assert ticket_of(change(MINE), SECRET) == NUMBER


def test_a_token_is_the_same_for_the_same_cause_only() -> None:
    again = make(NUMBER, "acknowledgement", "<a1@customer.example>", "kemendag.go.id", SECRET)
    other = make(NUMBER, "acknowledgement", "<a2@customer.example>", "kemendag.go.id", SECRET)
    assert again == MINE != other


@pytest.mark.parametrize(
    "forged",
    [
        MINE.replace("000123", "000124"),
        MINE.replace("2026", "2025"),
        MINE.replace("acknowledgement", "relay"),
        make(NUMBER, "acknowledgement", "<a1@customer.example>", "kemendag.go.id", b"another secret"),
        "hero.000123-2026.relay@kemendag.go.id",
        "a1@customer.example",
        "",
        "hero.000123-2026." + "a" * 100_000,
    ],
)
def test_a_forged_token_names_none(forged: str) -> None:
    assert ticket_of(forged, SECRET) is None


@given(st.integers(0, len(MINE) - 1), st.characters(codec="ascii"))
def test_any_altered_character_before_the_domain_spoils_the_token(at: int, other: str) -> None:
    altered = MINE[:at] + other + MINE[at + 1 :]
    same = altered.strip().strip("<>").lower() == MINE.lower() or at > MINE.index("@")
    assert same or ticket_of(altered, SECRET) is None


@given(st.text(max_size=40), st.text(max_size=60), st.integers(0, 10**9 - 1), st.integers(1000, 9999))
def test_every_token_made_is_recognised(kind: str, cause: str, count: int, year: int) -> None:
    number = f"HERO-{year}-{count:06d}"
    msgid = make(number, kind, cause, "d.example", SECRET)
    assert ticket_of(msgid, SECRET) == number
    assert len(msgid) < 200
    assert msgid.isascii()


@pytest.mark.parametrize(("number", "secret"), [("HERO-26-1", SECRET), ("", SECRET), (NUMBER, b"")])
def test_a_wrong_number_or_no_secret_is_refused(number: str, secret: bytes) -> None:
    with pytest.raises(ValueError, match=r"number|secret"):
        make(number, "relay", "x", "d.example", secret)


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("[HERO-2026-000123] Akses", NUMBER),
        ("Re: [HERO-2026-000123] Akses", NUMBER),
        ("re hero-2026-000123", NUMBER),
        ("(HERO 2026 000123)", NUMBER),
        ("HERO\u20112026\u2011000123", NUMBER),
        ("[HERO-2026-1000123]", "HERO-2026-1000123"),
        ("SUPERHERO-2026-000123", None),
        ("HERO-2026-123", None),
        ("HERO-2026-0001234567", None),
        ("", None),
        (None, None),
    ],
)
def test_number_in_a_subject(subject: str | None, number: str | None) -> None:
    assert number_in(subject) == number


@pytest.mark.parametrize(
    ("subject", "result"),
    [
        ("Akses", "[HERO-2026-000123] Akses"),
        ("Re: Akses", "[HERO-2026-000123] Akses"),
        ("RE: FW: Fwd: Akses", "[HERO-2026-000123] Akses"),
        ("Re[2]: AW: WG: SV: VS: Antw: RES: ENC: TR: RIF: x", "[HERO-2026-000123] x"),
        ("Bls: Balas: Trs: Terusan: x", "[HERO-2026-000123] x"),
        ("Re (3): re : x", "[HERO-2026-000123] x"),
        ("回复：x", "[HERO-2026-000123] x"),
        ("Re: [HERO-2026-000123] Akses", "[HERO-2026-000123] Akses"),
        ("[HERO-2026-000123] Re: Akses", "[HERO-2026-000123] Akses"),
        ("Akses [HERO-2026-000123] [HERO-2026-000123]", "[HERO-2026-000123] Akses"),
        ("hero-2026-000123 Akses", "[HERO-2026-000123] Akses"),
        ("[HERO-2026-000999] Akses", "[HERO-2026-000123] [HERO-2026-000999] Akses"),
        ("Request: Akses", "[HERO-2026-000123] Request: Akses"),
        ("Reset kata sandi", "[HERO-2026-000123] Reset kata sandi"),
        ("Penting: Akses", "[HERO-2026-000123] Penting: Akses"),
        ("a\r\nBcc: x@y", "[HERO-2026-000123] a Bcc: x@y"),
        ("", "[HERO-2026-000123]"),
        (None, "[HERO-2026-000123]"),
        ("Re:", "[HERO-2026-000123]"),
    ],
)
def test_subject_with_its_number(subject: str | None, result: str) -> None:
    assert with_number(subject, NUMBER) == result


@given(st.text())
def test_the_number_stands_once_on_one_bounded_line(subject: str) -> None:
    result = with_number(subject, NUMBER)
    assert result.startswith(f"[{NUMBER}]")
    assert with_number(result, NUMBER) == result
    assert len(result.splitlines()) == 1
    assert len(result) <= 900
