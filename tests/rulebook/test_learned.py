"""learned.toml: only what a person accepted counts, and its faults have a place."""

from __future__ import annotations

from pathlib import Path

from router.rulebook.book import RuleBook, load
from router.rulebook.decide import decide
from tests.rulebook.conftest import EXTERNAL, mail

ENTRY = """
[[learned]]
{key}
phrase   = "barcode dokumen"
weight   = 6
mails    = 7
source   = ["#alih: 4", "own.jsonl: 3"]
accepted = {accepted}
"""


def with_learned(rules: Path, text: str) -> RuleBook:
    (rules / "learned.toml").write_text(text, "utf-8")
    book, problems = load(rules)
    assert problems == ()
    assert book is not None
    return book


def test_a_proposal_changes_nothing_until_it_is_accepted(rules: Path) -> None:
    proposed = with_learned(rules, ENTRY.format(key='service = "A.14"', accepted="false"))
    accepted = with_learned(rules, ENTRY.format(key='service = "A.14"', accepted="true"))
    assert decide(mail("Barcode dokumennya kosong."), EXTERNAL, proposed).service is None
    decided = decide(mail("Barcode dokumennya kosong."), EXTERNAL, accepted)
    assert decided.service == "A.14"
    (reason,) = [r for r in decided.reasons if r.file.endswith("learned.toml")]
    assert (reason.words, reason.line) == (("Barcode dokumennya",), 2)
    assert "7 surat" in reason.rule


def test_a_phrase_may_speak_for_a_type(rules: Path) -> None:
    words = mail("e-SKA, barcode dokumen, hilang")
    assert decide(words, EXTERNAL, with_learned(rules, "")).stated_type is None
    book = with_learned(rules, ENTRY.format(key='type = "kendala"', accepted="true"))
    assert decide(words, EXTERNAL, book).stated_type == "kendala"


def test_faults_say_where_they_are(rules: Path) -> None:
    text = ENTRY.format(key='service = "A.41"', accepted="true").replace("barcode dokumen", "…")
    text += ENTRY.format(key='service = "A.14"\ntype = "kendala"', accepted="true")
    text += ENTRY.format(key='service = "A.14"', accepted="true") + "acepted = true\n"
    (rules / "learned.toml").write_text(text, "utf-8")
    _, problems = load(rules)
    assert [str(p) for p in problems if "acepted" in p.message] == [
        'rules/learned.toml:26:1: learned 3: unknown key "acepted"; did you mean "accepted"?'
    ]
    (rules / "learned.toml").write_text(text.removesuffix("acepted = true\n"), "utf-8")
    _, problems = load(rules)
    assert [(p.line, p.message) for p in problems if "either" in p.message] == [
        (10, 'needs either "service" or "type"')
    ]
    (rules / "learned.toml").write_text(text.split("[[learned]]")[1].join(["[[learned]]", ""]), "utf-8")
    _, problems = load(rules)
    assert [(p.line, p.message) for p in problems] == [
        (2, 'learned 1: unknown service "A.41"'),
        (3, 'learned 1: phrase "…" can never match: it has no letter or digit'),
    ]


def test_the_set_carries_what_its_files_say(rules: Path, tmp_path: Path) -> None:
    """Enough to be written out again: the same version comes of it."""
    book = with_learned(rules, ENTRY.format(key='service = "A.14"', accepted="true"))
    for name, text in book.texts.items():
        path = tmp_path / "again" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    again, problems = load(tmp_path / "again")
    assert problems == ()
    assert again is not None
    assert again.version == book.version
    assert set(book.texts) == {p.relative_to(rules).as_posix() for p in rules.rglob("*.toml")}
