"""Whole mails of real mail programs' make: `tests/eml/regions/*.eml` beside the new text that is expected of each."""

from pathlib import Path

import pytest

from router.mail.parse import parse

MAILS = sorted((Path(__file__).parents[1] / "eml" / "regions").glob("*.eml"))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_new_text_of_a_whole_mail(path: Path) -> None:
    message = parse(path.read_bytes())
    assert message.new_text == path.with_suffix(".txt").read_text(encoding="utf-8").removesuffix("\n")
    assert message.defects == ()
