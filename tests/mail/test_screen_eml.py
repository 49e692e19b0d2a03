"""Whole mails as mail systems make them: `tests/eml/screen/<verdict>-<system>-<nn>.eml`."""

from pathlib import Path

import pytest

from router.mail.parse import parse
from router.mail.screen import screen

OWN = frozenset({"hero@kemendag.go.id"})
MAILS = sorted((Path(__file__).parents[1] / "eml" / "screen").glob("*.eml"))
VERDICTS = {"auto": "auto_reply"}
FAILED = {
    "bounce-exchange-01": ("fahmi.r@pelayaran.example",),
    "bounce-google-01": ("kopi.gayo.mandirri@gmail.example",),
    "bounce-qmail-01": ("direktur@rotan.example",),
}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_verdict_of_a_whole_mail(path: Path) -> None:
    verdict = screen(parse(path.read_bytes()), OWN)
    name = path.stem.partition("-")[0]
    assert verdict.name == VERDICTS.get(name, name), verdict.reason
    assert verdict.failed_recipients == FAILED.get(path.stem, ())
