"""Addresses and content in their form on the line."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.wire import envelope
from router.wire.envelope import Path, crlf, path, stuffed


@pytest.mark.parametrize(
    ("address", "wire", "utf8"),
    [
        ("", b"", False),
        ("ani@kemendag.go.id", b"ani@kemendag.go.id", False),
        ("Ani.O'Neill+hero=1/x@Kemendag.go.id", b"Ani.O'Neill+hero=1/x@Kemendag.go.id", False),
        ('"ani..wati"@docomo.test', b'"ani..wati"@docomo.test', False),
        ("ani@[192.0.2.1]", b"ani@[192.0.2.1]", False),
        ("ani@bücher.test", b"ani@xn--bcher-kva.test", False),
        ("añi@bücher.test", b"a\xc3\xb1i@xn--bcher-kva.test", True),
    ],
)
def test_path(address: str, wire: bytes, utf8: bool) -> None:
    assert path(address) == Path(wire, utf8)


@pytest.mark.parametrize(
    "address",
    [
        "ani", "@kemendag.go.id", "ani@", "ani @kemendag.go.id", " ani@kemendag.go.id", "ani@kemendag.go.id\n",
        "ani@b.id>\r\nRCPT TO:<evil@z.id", "<ani@b.id>", "Ani <ani@b.id>", "ani@b.id, budi@b.id", "ani@b.id budi@b.id",
        "ani@b.id\0", "ani@b\u2028.id", "a@b@c.id", '"a b"@c.id', "ani@b..\u00fc.id", "ani@" + "x" * 260,
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_so(address: str) -> None:
    with pytest.raises(ValueError, match=r"^(alamat|domain) t"):
        path(address)


@given(st.text())
def test_a_path_never_breaks_out_of_its_brackets(address: str) -> None:
    try:
        wire = path(address).wire
    except ValueError:
        return
    assert not set(wire) & set(b"\r\n\0 \t<>")


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb", b"a\r\nb\r\n"),
        (b"a\rb\n\r", b"a\r\nb\r\n\r\n"),
        (b"a\r\n.\nRCPT", b"a\r\n.\r\nRCPT\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_crlf(content: bytes, lines: bytes) -> None:
    assert crlf(content) == lines


@pytest.mark.parametrize("piece", [1, 7, 1000])
@given(content=st.lists(st.sampled_from([b".", b"..", b"a", b"\r", b"\n", b"\r\n", b""])).map(b"".join))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_only_the_last_dot_stands_alone(piece: int, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "PIECE", piece)
    lines = crlf(content)
    pieces = list(stuffed(lines))
    sent = b"".join(part for part, _ in pieces)
    assert [last for _, last in pieces] == [False] * (len(pieces) - 1) + [True]
    assert (b"\r\n" + sent).count(b"\r\n.\r\n") == 1
    assert sent.endswith(b"\r\n.\r\n")
    undone = b"".join(line[1:] if line.startswith(b".") else line for line in sent[:-3].splitlines(keepends=True))
    assert undone == lines
