"""Rules against recorded mail, from the command line: a real store that the real intake filled."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from router.app.cli import app
from router.app.stages import Fetched
from router.desk.actions import ChangeTicket
from router.desk.policy import Policy
from router.rulebook.book import RuleBook, load
from router.store.database import Store
from router.store.status import Daemon
from tests.app.made import intake, mail, now
from tests.desk.made import ROOT, policy
from tests.store.build import reply

CONFIG = """
[service]
rules_dir = "rules"
templates_dir = "{templates}"
[database]
url = "sqlite:///hero.db"
[[mailbox]]
name = "hero"
address = "hero@kemendag.go.id"
[mailbox.imap]
host = "127.0.0.1"
user = "hero"
password = "rahasia"
[smtp]
host = "127.0.0.1"
"""


@dataclass
class Desk:
    """A directory with a configuration, rules of its own and a database, and the commands on it."""

    directory: Path
    store: Store
    policy: Policy
    uid: int = 0

    @property
    def rules(self) -> Path:
        return self.directory / "rules"

    def take(self, *raw: bytes) -> list[str]:
        """Mail that came in: its outcomes."""
        first = self.uid + 1
        self.uid += len(raw)
        taken = intake(self.store, with_policy=self.policy)
        done: dict[int, str] = {}
        for start in range(0, len(raw), 50):
            batch = [Fetched(first + start + n, one) for n, one in enumerate(raw[start : start + 50])]
            done |= taken.handle(1, batch)
        return list(done.values())

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, ["rules", *arguments, "--config", str(self.directory / "config.toml")])

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.output
        (line,) = done.stdout.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found

    def edited(self, name: str, text: str) -> Path:
        """A copy of the rules with text at the end of a file."""
        copy = self.directory / "edited"
        shutil.copytree(self.rules, copy, dirs_exist_ok=True)
        file = next(copy.rglob(name))
        file.write_text(file.read_text("utf-8") + text, "utf-8")
        return copy


@pytest.fixture(scope="module")
def book() -> RuleBook:
    found, problems = load(ROOT / "rules", examples=False)
    assert found is not None, problems
    return found


@pytest.fixture
def desk(store: Store, tmp_path: Path, book: RuleBook, rules: Path) -> Desk:
    shutil.copytree(rules, tmp_path / "rules")
    own, problems = load(tmp_path / "rules")
    assert own is not None, problems
    (tmp_path / "config.toml").write_text(CONFIG.format(templates=ROOT / "templates"), "utf-8")
    made = Desk(tmp_path, store, replace(policy(), book=own))
    store.keep_rules(own.version, own.texts, now())
    store.beat(Daemon("test|1|0", 1, now(), "live", own.version, now()), now())
    return made


SPEAKS_AGAINST = '\n[[signal]]\nweight = -90\nany = ["=e-SKA"]\nwhy = "uji"\n'
FIRST = """
[[rule]]
name = "Uji: mendesak"
when = { subject = "e-ska" }
then = { priority = "urgent" }
"""


def test_the_same_rules_change_nothing(desk: Desk) -> None:
    assert desk.take(mail(1), mail(2)) == ["ticket", "ticket"]
    found = desk.json("backtest")
    assert (found["mails"], found["unreadable"], found["shifts"], found["changed"]) == (2, 0, [], {})
    assert found["before"] == found["after"]


def test_a_changed_signal_shows_what_would_go_elsewhere_and_by_which_words(desk: Desk) -> None:
    desk.take(mail(1), mail(2, text="Mohon data harga cabai.", to="hero@kemendag.go.id"))
    edited = desk.edited("a14-e-ska.toml", SPEAKS_AGAINST)
    found = desk.json("backtest", "--rules", str(edited))
    assert {shift["ticket"] for shift in found["shifts"]} <= {t["number"] for t in desk.store.tickets()}
    shift = found["shifts"][0]
    assert shift["before"]["service"] == "A.14"
    assert shift["after"]["service"] != "A.14"
    assert {"service", "unit", "confidence"} <= set(shift["changed"])
    assert ("e-SKA".lower(), "A.14") in {(w["words"], w["owner"]) for w in shift["because"] if w["points"] < -50}
    gained = [(s["after"]["confidence"] == "sure") - (s["before"]["confidence"] == "sure") for s in found["shifts"]]
    assert found["sure"]["after"] - found["sure"]["before"] == sum(gained)
    assert 1 <= found["sure"]["before"] <= 2
    told = desk.run("backtest", "--rules", str(edited))
    assert told.exit_code == 0
    assert "service A.14 → " in told.stdout
    assert f"{len(found['shifts'])} of 2 mails of 30 days would be decided otherwise" in told.stdout


def test_a_routing_rule_is_named_and_words_that_did_not_change_are_not(desk: Desk) -> None:
    desk.take(mail(1))
    (shift,) = desk.json("backtest", "--rules", str(desk.edited("routing.toml", FIRST)))["shifts"]
    assert (shift["changed"], shift["because"], shift["rules"]) == (["priority"], [], ["+Uji: mendesak"])


def test_many_mails_are_judged_by_several_processes_and_come_back_in_order(desk: Desk) -> None:
    desk.take(*(mail(n) for n in range(230)))
    found = desk.json("backtest", "--rules", str(desk.edited("routing.toml", FIRST)))
    assert found["mails"] == 230
    tickets = [shift["ticket"] for shift in found["shifts"]]
    assert len(tickets) == 230
    assert tickets == sorted(tickets)


def test_what_a_screening_rule_would_take_for_spam_shows(desk: Desk) -> None:
    desk.take(mail(1))
    found = desk.json(
        "backtest", "--rules", str(desk.edited("screen.toml", '\n[[signal]]\nweight = 99\nany = ["e-ska"]\n'))
    )
    (shift,) = found["shifts"]
    assert (shift["before"]["screen"], shift["after"]["screen"]) == ("accept", "spam")


def test_faulty_rules_and_unknown_versions_are_refused(desk: Desk) -> None:
    broken = desk.run("backtest", "--rules", str(desk.edited("a14-e-ska.toml", "\nwieght = 3\n")))
    assert broken.exit_code == 2
    assert "wieght" in broken.stderr
    unknown = desk.run("backtest", "--against", "ffff")
    assert unknown.exit_code == 2
    assert desk.policy.book.version in unknown.stderr


def test_the_rules_of_a_ticket_are_written_out_again(desk: Desk) -> None:
    desk.take(mail(1))
    (ticket,) = desk.store.tickets()
    out = desk.directory / "old"
    assert desk.run("show", ticket["rules_version"], "--out", str(out)).exit_code == 0
    again, problems = load(out)
    assert problems == ()
    assert again is not None
    assert again.version == ticket["rules_version"]
    assert desk.run("show", ticket["rules_version"], "--out", str(out)).exit_code == 2
    assert desk.json("show", ticket["rules_version"][:6])["files"] == dict(desk.policy.book.texts)
    assert "# catalog/a14-e-ska.toml" in desk.run("show", ticket["rules_version"]).stdout
    assert desk.json("show", "list")["version"] == ticket["rules_version"]


PEOPLE = (
    ("Wiratmaja Kusnandar", "wkusnandar"),
    ("Ningsih Paramadina", "ningsih.p"),
    ("Gatot Prabangkara", "gatotp"),
    ("Melati", "mel"),
)


def about_barcodes(number: int, name: str, local: str) -> bytes:
    text = (
        f"Halo, nama saya {name} dari PT Cahaya Purnama Nusantara.\r\nMesin pemindai barcode kapal macet, nomor 12345.\r\n"
        f"Tolong dibantu.\r\n\r\nHormat kami,\r\n{name}\r\nCahaya Purnama Nusantara\r\n"
    )
    return mail(number, f"{local}@purnamanusantara.example", text).replace(b"e-SKA error", b"lapor")


def corrected(desk: Desk, number: str, uid: int) -> None:
    """An agent in triage moves the ticket: as `#alih A.14` by mail does."""
    change = ChangeTicket(number, 1, (("service", "A.14"), ("unit", "pdsi-ska")), "alih", "agent@kemendag.go.id")
    assert desk.store.commit("hero", 9, [reply(uid, number, 1, change, n=900 + uid)], now()) == []


def test_what_agents_corrected_becomes_phrases_that_name_nobody(desk: Desk) -> None:
    desk.take(*(about_barcodes(n, *who) for n, who in enumerate(PEOPLE)))
    desk.take(*(mail(100 + n) for n in range(4)))
    moved = [t["number"] for t in desk.store.tickets() if t["subject"].startswith("lapor")]
    for uid, number in enumerate(moved, 1):
        corrected(desk, number, uid)
    found = desk.json("learn")
    assert found["entries"]
    said = {word for entry in found["entries"] for word in entry["phrase"].split()}
    named = {"cahaya", "purnama", "nusantara", "purnamanusantara"} | {
        w.lower() for who, _ in PEOPLE for w in who.split()
    }
    assert said & {"barcode", "pemindai", "macet"}
    assert not said & named
    assert not any(char.isdigit() for char in "".join(said))
    assert {entry["service"] for entry in found["entries"]} == {"A.14"}
    assert {(entry["mails"], *entry["source"]) for entry in found["entries"]} == {(4, "#alih: 4")}
    assert not any(entry["accepted"] for entry in found["entries"])


def test_what_was_learned_counts_when_accepted_and_stays_when_learned_again(desk: Desk) -> None:
    desk.take(*(about_barcodes(n, *who) for n, who in enumerate(PEOPLE)))
    for uid, ticket in enumerate(list(desk.store.tickets()), 1):
        corrected(desk, ticket["number"], uid)
    assert desk.run("learn").exit_code == 0
    path = desk.rules / "learned.toml"
    assert desk.json("backtest")["shifts"] == []
    text = re.sub(r"weight   = \S+", "weight   = 9", path.read_text("utf-8"), count=1)
    path.write_text(text.replace("accepted = false", "accepted = true", 1), "utf-8")
    shifts = desk.json("backtest")["shifts"]
    assert [shift["after"]["service"] for shift in shifts] == ["A.14"] * len(PEOPLE)
    again = desk.json("learn")["entries"]
    assert [(entry["weight"], entry["mails"]) for entry in again if entry["accepted"]] == [(9, 4)]
    path.write_text("[[learned]]\nservis = 3\n", "utf-8")
    assert desk.run("learn", "--rules", str(ROOT / "rules"), "--out", str(path)).exit_code == 2


def test_a_labelled_corpus_teaches_and_a_bad_line_is_named(desk: Desk) -> None:
    corpus = ROOT / "tests/corpus/own-a.jsonl"
    out = desk.directory / "learned.toml"
    found = desk.json("learn", "--corpus", str(corpus), "--out", str(out))
    assert all(entry["source"] == [f"own-a.jsonl: {entry['mails']}"] for entry in found["entries"])
    assert out.read_text("utf-8").count("[[learned]]") == len(found["entries"]) > 0
    bad = desk.directory / "bad.jsonl"
    bad.write_text('{"id": 3}\n', "utf-8")
    refused = desk.run("learn", "--corpus", str(bad), "--out", str(out))
    assert refused.exit_code == 2
    assert "bad.jsonl:1" in refused.stderr


def test_the_digest_names_what_unknown_mail_shares_and_the_line_that_would_catch_it(desk: Desk) -> None:
    desk.take(*(about_barcodes(n, *who) for n, who in enumerate(PEOPLE)))
    desk.take(*(mail(100 + n) for n in range(3)))
    moved = [t["number"] for t in desk.store.tickets() if t["subject"].startswith("lapor")]
    corrected(desk, moved[0], 1)
    found = desk.json("digest")
    assert (found["mails"], found["triage"], found["moved"], found["retyped"]) == (7, 4, 1, 0)
    (word,) = [word for word in found["words"] if word["phrase"] == "mesin pemindai"]
    assert set(word["tickets"]) == set(moved)
    assert (word["service"], word["guess"], word["caught"]) == ("A.14", False, 4)
    named = {"cahaya", "purnama", "nusantara"} | {w.lower() for who, _ in PEOPLE for w in who.split()}
    assert not named & {w for word in found["words"] for w in word["phrase"].split()}
    told = desk.run("digest").stdout
    assert f'any    = ["{word["phrase"]}"]' in told
    assert "menurut petugas" in told
    line = f'\n[[signal]]\nweight = {word["weight"]}\nany = ["{word["phrase"]}"]\n'
    shifts = desk.json("backtest", "--rules", str(desk.edited("a14-e-ska.toml", line)))["shifts"]
    assert [s["after"]["service"] for s in shifts] == ["A.14"] * 4  # the line does what the digest says


def test_a_quiet_week_says_so(desk: Desk) -> None:
    assert "Tidak ada kata baru" in desk.run("digest").stdout
