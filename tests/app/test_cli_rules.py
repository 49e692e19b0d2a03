"""`hero-router rules` as admins meet it: exit codes, texts, pages."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from router.app.cli import app
from router.app.explain import Explanation, explain
from router.app.explain_html import page
from router.app.explain_text import marked
from router.app.explain_words import clause
from router.app.linting import lint_rules
from router.app.marks import Piece
from router.app.settings import Settings
from router.app.stages import Fetched
from router.store.database import Store
from tests.app.made import intake, mail
from tests.desk.made import NOW, ROOT, policy

BASE = ROOT / "tests" / "rulebook" / "base"
CORPUS = ROOT / "tests" / "corpus" / "own-a.jsonl"
LETTER = """From: Sari <sari@eksportir.example>
To: hero@kemendag.go.id
Subject: Server e-SKA tidak bisa dibuka
Message-ID: <satu@eksportir.example>
Date: Tue, 24 Nov 2026 10:00:00 +0700

Sejak pagi server e-SKA error, padahal kapal berangkat besok. Ini bukan soal intranet.
Kontak: <script>alert(1)</script>

> Mohon reset kata sandi TNDE.
"""


def rules(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments])


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HERO_CONFIG", raising=False)


@pytest.fixture
def explained() -> Explanation:
    return explain("surat.eml", LETTER.encode(), "hero", policy(), NOW)


def test_list_names_all_services_and_units() -> None:
    shown = [json.loads(line) for line in rules("list", "--json").stdout.splitlines()]
    services = {one["code"]: one for one in shown if one["kind"] == "service"}
    assert len(services) == 34
    assert services["A.14"]["contact"] == "ska@kemendag.go.id"
    assert services["A.14"]["signals"] > 10
    assert {"triage", "admins"} <= {one["unit"] for one in shown if one["kind"] == "unit"}
    assert "e-SIMPPEL".lower() in rules("list").stdout.lower()


def test_lint_finds_what_is_doubtful_and_says_so_by_its_exit_code() -> None:
    done = rules("lint", "--rules", str(BASE))
    assert done.exit_code == 1
    assert "catalog/d01-e-ska.toml:11:11: signal 1: " in done.stdout
    assert '"e-ska" berbobot 5 juga ada di A.14' in done.stdout
    found = [json.loads(line) for line in rules("lint", "--rules", str(BASE), "--json").stdout.splitlines()]
    assert {"same-phrase", "no-example"} <= {one["check"] for one in found}
    assert rules("lint", "--rules", str(BASE), "--check", "over").exit_code == 0
    assert rules("lint", "--check", "no-such-check").exit_code == 2


def test_lint_tells_faults_first(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "rules")
    (tmp_path / "rules" / "catalog" / "a18-tnde.toml").write_text('code = "A.18"\n')
    done = rules("lint", "--rules", "rules")
    assert done.exit_code == 1
    assert 'missing key "name"' in done.stderr
    assert "ditolak" in done.stdout


def test_lint_looks_at_recorded_mail(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hero.db"
    store = Store(url)
    store.upgrade()
    settings = Settings.builtin()
    settings = replace(settings, database=replace(settings.database, url=url))
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    before = lint_rules(tmp_path / "rules", settings, date(2026, 11, 24))
    assert before.skipped == "belum ada surat yang tersimpan"
    intake(store).handle(7, [Fetched(1, mail(1, text="Server e-SKA error, kapal berangkat besok"))])
    store.close()
    after = lint_rules(tmp_path / "rules", settings, date(2026, 11, 24))
    unused = [doubt.problem.message for doubt in after.doubts if doubt.check == "unused-rule"]
    assert after.skipped == ""
    assert not any("Barang atau kapal menunggu" in message for message in unused)
    assert any('"Situs resmi diretas" tidak cocok dengan satu pun dari 1 surat' in message for message in unused)


def test_test_measures_examples_and_corpora() -> None:
    done = rules("test", "--corpus", str(CORPUS), "--json")
    shown = json.loads(done.stdout)
    assert done.exit_code == 0
    assert shown["examples"]["share"] == 1.0
    assert shown["parts"]["service"]["whole"] == len(CORPUS.read_text().splitlines())
    assert sum(one["score"]["whole"] for one in shown["calibration"]) <= shown["parts"]["service"]["whole"]
    assert "kalibrasi" in rules("test", "--corpus", str(CORPUS)).stdout


def test_test_fails_below_the_accuracy_asked_for(tmp_path: Path) -> None:
    entry = json.loads(CORPUS.read_text().splitlines()[0])
    entry["label"]["service"] = "B.09"
    wrong = tmp_path / "salah.jsonl"
    wrong.write_text(json.dumps(entry) + "\n")
    done = rules("test", "--corpus", str(wrong))
    assert done.exit_code == 1
    assert "B.09" in done.stdout
    assert f"{entry['id']} [service" in done.stdout
    assert "di bawah batas 95.0%" in done.stderr
    assert rules("test", "--corpus", str(wrong), "--min-accuracy", "0").exit_code == 0
    assert rules("test", "--corpus", str(tmp_path / "tidak-ada.jsonl")).exit_code == 2


def test_explain_marks_the_words_that_counted(explained: Explanation) -> None:
    weights = {piece.text: piece for piece in (*explained.subject, *explained.body)}
    assert any("e-SKA" in text and piece.weight > 0 for text, piece in weights.items())
    assert "".join(piece.text for piece in explained.body).strip() == explained.message.text.strip()
    assert any("TNDE" in piece.text and piece.other for piece in explained.body)
    best = explained.standings[0]
    assert (best.key, explained.decision.service) == ("A.14", "A.14")
    assert best.points == pytest.approx(sum(reason.weight for reason in best.reasons), abs=0.06)


def test_explain_prints_rules_and_mails(tmp_path: Path) -> None:
    (tmp_path / "surat.eml").write_text(LETTER)
    done = rules("explain", "surat.eml")
    assert done.exit_code == 0
    assert "[e-SKA tidak bisa dibuka]" in done.stdout
    assert "{" in done.stdout
    assert 'body memuat "kapal berangkat"' in done.stdout
    assert "keputusan: A.14 E-SKA" in done.stdout
    assert "tanda terima kepada sari@eksportir.example" in done.stdout
    assert "terusan kepada " in done.stdout
    shown = json.loads(rules("explain", "surat.eml", "--json").stdout)
    assert [one["kind"] for one in shown["mails"]] == ["acknowledge", "forward"]
    assert len(shown["rules"]) == len(policy().book.rules)
    assert rules("explain", "nirgends.eml").exit_code == 2


def test_the_page_is_whole_and_harmless(explained: Explanation, tmp_path: Path) -> None:
    text = page(explained)
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not {name for name, _ in attrs} & {"src", "href", "onclick"}

    Reader().feed(text)
    assert {"mark", "details", "style"} <= set(tags)
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert "prefers-color-scheme:dark" in text
    (tmp_path / "surat.eml").write_text(LETTER)
    assert rules("explain", "surat.eml", "--html", "surat.html").exit_code == 0
    assert (tmp_path / "surat.html").read_text().startswith("<!doctype html>")


def test_screened_mail_is_explained_too() -> None:
    raw = LETTER.replace("Subject:", "Auto-Submitted: auto-replied\nSubject:").encode()
    one = explain("surat.eml", raw, "hero", policy(), NOW)
    assert one.verdict.name != "accept"
    assert one.mails == ()
    assert "Tidak menjadi tiket" in page(one)


def test_colour_on_a_terminal_brackets_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    run = (Piece("a "), Piece("b", 6.0), Piece("c", -2.0), Piece("d", other=True))
    assert marked(run, Console(file=StringIO())).plain == "a [b][-c]{d}"
    coloured = marked(run, Console(file=StringIO(), force_terminal=True, color_system="standard"))
    assert coloured.plain == "a bcd"
    assert len({str(span.style) for span in coloured.spans} - {""}) == 3


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('service is A.14, not "B.07" or "A.09"', 'service adalah A.14, bukan "B.07" atau "A.09"'),
        ('not reached: "INSW" stops', 'tidak dicapai: "INSW" sudah berhenti'),
        ('none of: subject has not "x"; from_domain is empty, not "y"',
         'tidak satu pun: subject tidak memuat "x"; from_domain adalah kosong, bukan "y"'),
        ('header X-Priority is missing, not "1*"', 'header X-Priority tidak ada, bukan "1*"'),
        ("not in force on 2026-01-01", "tidak berlaku pada 2026-01-01"),
    ],
)  # fmt: skip
def test_clauses_in_indonesian(said: str, expected: str) -> None:
    assert clause(said) == expected
