"""Authentication-Results (RFC 8601): only our own host's topmost field counts."""

import pytest

from router.mail.authres import Authentication, authentication
from router.mail.parse import parse

OURS = "mx.kemendag.go.id"


def judge(*fields: str, author: str = "Ani <ani@kemendag.go.id>") -> Authentication:
    head = "".join(f"Authentication-Results: {field}\n" for field in fields)
    return authentication(parse(f"{head}From: {author}\n\n".encode()), OURS)


@pytest.mark.parametrize(
    ("field", "method"),
    [
        (f"{OURS}; dmarc=pass header.from=kemendag.go.id", "dmarc"),
        (f"{OURS}; dmarc=pass (p=none dis=none) header.from=kemendag.go.id", "dmarc"),
        (f"{OURS}; dmarc=pass", "dmarc"),
        (f"{OURS} 1; dmarc=pass header.from=kemendag.go.id", "dmarc"),
        (f'"{OURS}"; dmarc=pass header.from=kemendag.go.id', "dmarc"),
        ("MX.Kemendag.GO.id; DMARC=Pass header.From=Kemendag.go.id", "dmarc"),
        (f"(x) {OURS} (y); (z) dmarc=pass header.from=kemendag.go.id", "dmarc"),
        (f"{OURS}; spf=fail smtp.mailfrom=x.example; dmarc=pass header.from=kemendag.go.id", "dmarc"),
        (f"{OURS}; dkim=pass header.d=kemendag.go.id", "dkim"),
        (f"{OURS}; dkim=pass (2048-bit key; x) header.d=kemendag.go.id header.i=@kemendag.go.id", "dkim"),
        (f"{OURS}; dkim=fail header.d=kemendag.go.id; dkim=pass header.i=@mail.kemendag.go.id", "dkim"),
        (f'{OURS}; dkim=pass header.i="ani@kemendag.go.id"', "dkim"),
        (f"{OURS}; spf=pass smtp.mailfrom=bounce@mail.kemendag.go.id", "spf"),
        (f"{OURS}; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=kemendag.go.id; dkim=none", "spf"),
        (f"{OURS}; spf=pass smtp.helo=kemendag.go.id", "spf"),
        (f"{OURS};\n dkim=pass\n header.d=kemendag.go.id", "dkim"),
    ],
)
def test_our_host_vouches_for_the_domain(field: str, method: str) -> None:
    result = judge(field)
    assert (result.passed, result.method, result.domain) == (True, method, "kemendag.go.id")


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (f"{OURS}; none", "nothing vouches for the author's domain"),
        (f"{OURS}", "nothing vouches for the author's domain"),
        (f"{OURS}; dmarc=fail header.from=kemendag.go.id", "dmarc=fail"),
        (f"{OURS}; dmarc=fail; dkim=pass header.d=kemendag.go.id", "dmarc=fail"),
        (f"{OURS}; dmarc=pass header.from=evil.example", "dmarc=pass is for another domain"),
        (f"{OURS}; dkim=pass header.d=evil.example", "dkim=pass is for another domain"),
        (f"{OURS}; dkim=pass", "dkim=pass is for another domain"),
        (f"{OURS}; dkim=pass header.d=go.id", "dkim=pass is for another domain"),
        (f"{OURS}; dkim=pass header.d=id", "dkim=pass is for another domain"),
        (f"{OURS}; dkim=pass header.d=xkemendag.go.id", "dkim=pass is for another domain"),
        (f"{OURS}; dkim=passed header.d=kemendag.go.id", "nothing vouches for the author's domain"),
        (f"{OURS}; dkim=neutral header.d=kemendag.go.id", "nothing vouches for the author's domain"),
        (f"{OURS}; x=(dmarc=pass", "nothing vouches for the author's domain"),
        (f'{OURS}; dkim=fail reason="; dmarc=pass"', "nothing vouches for the author's domain"),
        (f"{OURS}; dkim=fail (; dmarc=pass)", "nothing vouches for the author's domain"),
        ("mx.evil.example; dmarc=pass", "the topmost Authentication-Results is not of our mail host"),
        (f"x{OURS}; dmarc=pass", "the topmost Authentication-Results is not of our mail host"),
        (f"{OURS}.evil.example; dmarc=pass", "the topmost Authentication-Results is not of our mail host"),
        (f"({OURS}); dmarc=pass", "the topmost Authentication-Results is not of our mail host"),
        (
            "spf=pass smtp.mailfrom=kemendag.go.id; dmarc=pass action=none header.from=kemendag.go.id",
            "the topmost Authentication-Results is not of our mail host",
        ),
        ("", "the topmost Authentication-Results is not of our mail host"),
        ("(" * 5000, "the topmost Authentication-Results is not of our mail host"),
        (f"{OURS}; " + "(" * 20_000, "the Authentication-Results of our mail host are too long"),
        (f"{OURS}; " + "dkim=pass;" * 20_000, "the Authentication-Results of our mail host are too long"),
    ],
)
def test_nobody_vouches(field: str, reason: str) -> None:
    result = judge(field)
    assert (result.passed, result.reason) == (False, reason)


def test_a_field_below_a_foreign_one_does_not_count() -> None:
    assert not judge("mx.evil.example; none", f"{OURS}; dmarc=pass").passed


def test_a_field_below_ours_does_not_count() -> None:
    assert not judge(f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass").passed


def test_no_field_at_all() -> None:
    assert judge().reason == "no Authentication-Results of our mail host"


@pytest.mark.parametrize(
    ("author", "reason"),
    [
        ("ani@kemendag.go.id, evil@x.example", "the message names several authors"),
        ("evil@x.example\nFrom: ani@kemendag.go.id", "the message names several authors"),
        ("Ani", "there is no author's address"),
        ('"ani@kemendag.go.id" <evil@x.example>', "dmarc=pass is for another domain"),
    ],
)
def test_authors_that_cannot_be_vouched_for(author: str, reason: str) -> None:
    result = judge(f"{OURS}; dmarc=pass header.from=kemendag.go.id", author=author)
    assert (result.passed, result.reason) == (False, reason)


def test_without_a_host_of_ours_nothing_counts() -> None:
    message = parse(b"Authentication-Results: ; dmarc=pass\nFrom: a@b.example\n\n")
    assert not authentication(message, "").passed


def test_hostile_fields_take_little_time() -> None:
    for filler in ('"\\', "x.y=", "a=pass ", ";", "(x)", "dkim=pass header.d="):
        assert not judge(f"{OURS}; " + filler * 2000).passed
