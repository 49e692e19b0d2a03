"""The command line as scripts and people meet it: exit codes, JSON as the contract has it, words on standard error."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from router.app.cli import app
from router.store.database import Store
from router.store.outbox import Result as Attempt
from router.store.status import Daemon
from tests.app.made import intake, mail, now
from tests.desk.made import ROOT
from tests.servers.ports import free_ports
from tests.store.build import send

CONFIG = """
[service]
rules_dir = "{rules}"
templates_dir = "{templates}"
{service}
[database]
url = "{database}"
[[mailbox]]
name = "hero"
address = "hero@kemendag.go.id"
[mailbox.imap]
host = "127.0.0.1"
port = {imap}
security = "plain"
user = "hero"
password = "rahasia"
timeout_seconds = 2
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "plain"
"""


@dataclass
class Desk:
    """A directory with a configuration and a database, and the commands on it."""

    directory: Path
    rules: Path

    @property
    def config(self) -> Path:
        return self.directory / "config.toml"

    def configure(self, database: str = "sqlite:///hero.db", service: str = "") -> None:
        imap, smtp = free_ports(2)
        text = CONFIG.format(
            rules=self.rules, templates=ROOT / "templates", database=database, service=service, imap=imap, smtp=smtp
        )
        self.config.write_text(text, "utf-8")

    def run(self, *arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(app, [*arguments, "--config", str(self.config)], input=stdin)

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def desk(tmp_path: Path, rules: Path) -> Desk:
    made = Desk(tmp_path, rules)
    made.configure()
    return made


@pytest.fixture
def filled(desk: Desk, store: Store) -> Desk:
    """Two tickets, an answer, a duplicate, one message in quarantine; mail sent, failed, dead and held."""
    answer = mail(3, sender="pelanggan1@luar.example", In_Reply_To="<m1@luar.example>")
    raws = (mail(1), mail(2), answer, mail(1), b"Subject: tanpa pengirim\r\n\r\nHalo\r\n")
    from router.app.stages import Fetched

    intake(store).handle(7, [Fetched(uid, raw) for uid, raw in enumerate(raws, 1)])
    one, two, three = store.claim("t", 3, now(), 60.0)
    store.settle(
        [
            Attempt(one.id, "sent", 250, "ok", None, now()),
            Attempt(two.id, "failed", 451, "nanti", now(), now()),
            Attempt(three.id, "dead", 550, "tidak ada", None, now()),
        ]
    )
    store.record([send("relay", "HERO-" + str(now().year) + "-000002", held="internal address")], now())
    return desk


# -- lists -------------------------------------------------------------------------------------------------------------

TICKET = {
    "number", "service", "type", "status", "unit", "assignee", "priority", "customer", "mailbox", "subject", "opened_at",
    "first_answer_at", "due_at", "resolved_at", "confidence", "rules_version",
}  # fmt: skip


def test_tickets_list(filled: Desk) -> None:
    found = filled.json("tickets", "list")
    assert len(found) == 2
    for one in found:
        assert set(one) == TICKET
        assert set(one["customer"]) == {"name", "address"}
    assert [one["number"] for one in found] == sorted((one["number"] for one in found), reverse=True)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--limit", "1"), 1),
        (("--status", "forwarded"), 2),
        (("--status", "closed", "--status", "spam"), 0),
        (("--service", "A.14"), 2),
        (("--service", "B.01"), 0),
        (("--type", "kendala"), 2),
        (("--unit", "no-unit"), 0),
        (("--customer", "pelanggan1@luar.example"), 1),
        (("--since", "2020-01-01"), 2),
        (("--since", "2999-01-01"), 0),
        (("--until", "2020-01-01"), 0),
    ],
)
def test_tickets_are_filtered(filled: Desk, options: tuple[str, ...], count: int) -> None:
    assert len(filled.json("tickets", "list", *options)) == count


@pytest.mark.parametrize(
    "arguments",
    [
        ("tickets", "list", "--status", "offen"),
        ("tickets", "list", "--since", "gestern"),
        ("tickets", "show", "HERO-1999-000001"),
        ("tickets", "history", "HERO-1999-000001"),
        ("outbox", "list", "--state", "lost"),
        ("outbox", "retry", "999"),
        ("outbox", "drop", "999"),
        ("quarantine", "show", "999"),
        ("quarantine", "retry", "999"),
        ("templates", "preview", "nirgends"),
        ("templates", "preview", "--language", "de"),
        ("templates", "preview", "--service", "Z.99"),
        ("brake", "maybe"),
        ("nosuch",),
    ],
)
def test_wrong_usage_is_2_and_says_why(filled: Desk, arguments: tuple[str, ...]) -> None:
    done = filled.run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.strip()


def test_tickets_of_a_unit(filled: Desk) -> None:
    every = filled.json("tickets", "list")
    assert filled.json("tickets", "list", "--unit", every[0]["unit"]) == every


def test_tickets_show(filled: Desk) -> None:
    number = filled.json("tickets", "list", "--customer", "pelanggan1@luar.example")[0]["number"]
    (found,) = filled.json("tickets", "show", number.lower())
    assert set(found) >= TICKET | {"participants", "messages", "decision"}
    for message in found["messages"]:
        assert set(message) >= {"direction", "kind", "from", "to", "date", "subject", "text", "attachments"}
        assert message["direction"] in ("in", "out")
    assert [one["direction"] for one in found["messages"]].count("in") == 2
    assert found["decision"]["service"] == "A.14"


def test_tickets_history_is_chained_and_oldest_first(filled: Desk) -> None:
    number = filled.json("tickets", "list")[0]["number"]
    found = filled.json("tickets", "history", number)
    assert all(set(one) == {"at", "kind", "actor", "data", "digest"} for one in found)
    assert found[0]["kind"] == "open_ticket"
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)


OUTGOING = {"id", "kind", "ticket", "to", "state", "attempts", "next_attempt_at", "last_error", "message_id"}


def test_outbox_list(filled: Desk) -> None:
    found = filled.json("outbox", "list")
    assert all(set(one) >= OUTGOING for one in found)
    assert {one["state"] for one in found} == {"waiting", "failed", "dead", "held"}
    assert {one["state"] for one in filled.json("outbox", "list", "--state", "sent")} == {"sent"}
    assert len(filled.json("outbox", "list", "--state", "dead", "--state", "held")) == 2
    (dead,) = filled.json("outbox", "list", "--state", "dead")
    assert dead["last_error"] == "550 tidak ada"
    assert isinstance(dead["to"], list)


def test_outbox_retry_and_drop(filled: Desk) -> None:
    ids = {one["state"]: str(one["id"]) for one in filled.json("outbox", "list")}
    done = filled.run("outbox", "retry", ids["dead"], ids["failed"], ids["held"])
    assert done.exit_code == 0, done.stderr
    assert {one["state"] for one in filled.json("outbox", "list")} == {"waiting"}
    assert filled.run("outbox", "drop", ids["held"]).exit_code == 0
    assert filled.run("outbox", "drop", ids["held"]).exit_code == 2
    assert [str(one["id"]) for one in filled.json("outbox", "list", "--state", "dropped")] == [ids["held"]]


def test_quarantine(filled: Desk) -> None:
    (found,) = filled.json("quarantine", "list")
    assert set(found) >= {"id", "mailbox", "uidvalidity", "uid", "stage", "reason", "at", "message_id", "size"}
    assert (found["mailbox"], found["uidvalidity"], found["uid"]) == ("hero", 7, 5)
    (shown,) = filled.json("quarantine", "show", str(found["id"]))
    assert shown == found
    raw = filled.run("quarantine", "show", str(found["id"]), "--raw")
    assert raw.stdout_bytes == b"Subject: tanpa pengirim\r\n\r\nHalo\r\n"
    again = filled.run("quarantine", "retry", str(found["id"]))
    assert again.exit_code == 1
    assert "quarantined" in again.stdout


def test_status(filled: Desk, store: Store) -> None:
    (found,) = filled.json("status")
    keys = {"mailboxes", "outbox", "tickets", "rules", "brake", "mode", "problems"}
    assert set(found) >= keys
    assert set(found["outbox"]) == {"waiting", "held", "failed", "dead"}
    assert set(found["rules"]) >= {"version", "loaded_at", "problems"}
    (box,) = found["mailboxes"]
    assert set(box) >= {
        "name", "state", "last_check_at", "last_message_at", "idle_since", "server_uids", "known_uids", "unaccounted",
    }  # fmt: skip
    assert box["known_uids"] == 5
    assert (found["brake"], found["mode"]) == (False, "live")
    assert found["tickets"] == {"forwarded": 2}


def test_status_names_mailboxes_that_were_never_reached_and_the_mode_that_is_configured(
    desk: Desk, store: Store
) -> None:
    desk.configure(service='mode = "shadow"')
    (found,) = desk.json("status")
    assert [(box["name"], box["state"]) for box in found["mailboxes"]] == [("hero", "never connected")]
    assert found["mode"] == "shadow"


def test_status_does_not_take_a_dead_daemon_for_a_living_one(desk: Desk, store: Store) -> None:
    from router.app.daemon import own_name

    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    owner = own_name(now()).split("|")[0] + f"|{done.pid}|1.0"
    store.beat(Daemon(owner, done.pid, now(), "live", "abc", now()), now())
    (found,) = desk.json("status")
    assert found["daemons"] == []
    assert "not running" in desk.run("status").stdout


def test_the_brake(filled: Desk) -> None:
    assert filled.run("brake", "on").exit_code == 0
    assert filled.json("status")[0]["brake"] is True
    assert filled.run("brake", "off").exit_code == 0
    assert filled.json("status")[0]["brake"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ("tickets", "list"),
        ("outbox", "list"),
        ("quarantine", "list"),
        ("status",),
        ("templates", "list"),
        ("templates", "preview"),
        ("templates", "preview", "acknowledgement", "--service", "A.14", "--type", "kendala", "--html"),
    ],
)
def test_for_people_there_are_tables(filled: Desk, arguments: tuple[str, ...]) -> None:
    done = filled.run(*arguments)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip()
    assert not done.stdout.startswith("{")


def test_templates_as_json(desk: Desk) -> None:
    names = {one["name"] for one in desk.json("templates", "list")}
    assert {"acknowledgement", "forward", "relay"} <= names
    (letter,) = desk.json("templates", "preview", "acknowledgement", "--service", "A.14")
    assert set(letter) == {"template", "subject", "text", "html"}


# -- configuration and database ----------------------------------------------------------------------------------------


def test_a_wrong_configuration_tells_every_fault_at_once(desk: Desk) -> None:
    desk.config.write_text('[service]\nmode = "lve"\n[smtp]\nhost = "x"\nport = 99999\n[[mailbox]]\nname = "a b"\n')
    for arguments in (("run", "--once"), ("status",), ("check",), ("tickets", "list"), ("db", "upgrade")):
        done = desk.run(*arguments)
        assert done.exit_code == (1 if arguments == ("check",) else 2), arguments
        for fault in (":2:", ":5:", ":7:", "imap"):
            assert fault in done.stderr, (arguments, done.stderr)


def test_no_configuration_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HERO_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["status"])
    assert done.exit_code == 2
    assert "hero-router init" in done.stderr


def test_the_configuration_is_named_by_option_environment_or_place(
    filled: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    wanted = filled.run("tickets", "list", "--json").stdout
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setenv("HERO_CONFIG", str(filled.config))
    assert CliRunner().invoke(app, ["tickets", "list", "--json"]).stdout == wanted
    monkeypatch.delenv("HERO_CONFIG")
    monkeypatch.chdir(filled.directory)
    assert CliRunner().invoke(app, ["tickets", "list", "--json"]).stdout == wanted


def test_without_a_schema_reading_is_2_and_upgrade_makes_it(desk: Desk) -> None:
    done = desk.run("tickets", "list")
    assert done.exit_code == 2
    assert "db upgrade" in done.stderr
    assert not (desk.directory / "hero.db").exists()
    assert desk.run("db", "upgrade").exit_code == 0
    assert desk.json("tickets", "list") == []


@pytest.mark.parametrize(("revision", "word"), [("0000", "lebih lama"), ("9999", "lebih baru")])
@pytest.mark.parametrize("command", [("run", "--once"), ("status",), ("tickets", "list")])
def test_another_schema_is_refused(
    desk: Desk, store: Store, revision: str, word: str, command: tuple[str, ...]
) -> None:
    with sqlite3.connect(str(store.file)) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    done = desk.run(*command)
    assert done.exit_code == 2
    assert word in done.stderr


def test_a_newer_schema_is_not_upgraded(desk: Desk, store: Store) -> None:
    with sqlite3.connect(str(store.file)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
    assert desk.run("db", "upgrade").exit_code == 2


def test_what_is_no_database_is_3(desk: Desk) -> None:
    (desk.directory / "hero.db").write_bytes(b"this is a letter to grandmother" * 100)
    done = desk.run("status")
    assert done.exit_code == 3
    assert "bukan basis data" in done.stderr


def test_a_database_that_cannot_be_made_is_3(desk: Desk) -> None:
    (desk.directory / "berkas").write_text("x")
    desk.configure(database="sqlite:///berkas/hero.db")
    for command in (("db", "upgrade"), ("run", "--once")):
        done = desk.run(*command)
        assert done.exit_code == 3, done.output
        assert "berkas" in done.stderr


def test_unreachable_servers_are_3_for_a_single_pass(desk: Desk) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "router", "run", "--once", "--config", str(desk.config)],
        capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert done.stderr.count("mailbox=hero: IMAP 127.0.0.1") == 1


def test_rules_with_a_fault_start_nothing(desk: Desk, tmp_path: Path) -> None:
    shutil.copytree(desk.rules, tmp_path / "broken")
    (tmp_path / "broken" / "routing.toml").write_text("[[rule]]\nname = 1\n")
    desk.rules = tmp_path / "broken"
    desk.configure()
    done = desk.run("run", "--once")
    assert done.exit_code == 2
    assert "routing.toml:2:" in done.stderr
    assert not (tmp_path / "hero.db").exists()


# -- inspect -----------------------------------------------------------------------------------------------------------


def test_inspect_prints_a_line_a_file_in_order(desk: Desk, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.eml").write_bytes(mail(number))
    names = [str(tmp_path / "2.eml"), str(tmp_path / "missing.eml"), str(tmp_path), str(tmp_path / "1.eml")]
    done = desk.run("inspect", *names, "--mailbox", "hero", "--json")
    assert done.exit_code == 1
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["file"] for one in found] == names
    assert set(found[1]) == set(found[2]) == {"file", "error"}
    assert set(found[0]) == {"file", "message", "screen", "ticket", "decision", "plan"}


def test_inspect_takes_standard_input_and_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing but the program: no configuration, no database, nothing written."""
    environment = {name: value for name, value in os.environ.items() if name != "HERO_CONFIG"}
    command = [sys.executable, "-m", "router", "inspect", "-", "--mailbox", "unknown", "--json"]
    done = subprocess.run(
        command, input=mail(1), capture_output=True, cwd=tmp_path, check=False,
        env=environment | {"PYTHONPATH": str(ROOT)}, timeout=60,
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []
    if done.returncode == 2:
        pytest.fail(done.stderr.decode())
    assert done.returncode == 0
    (line,) = done.stdout.decode("utf-8").splitlines()
    found = json.loads(line)
    assert found["file"] == "-"
    assert [step["kind"] for step in found["plan"]] == ["open_ticket", "acknowledge", "forward"]


def test_inspect_of_a_closed_standard_input_is_a_file_that_cannot_be_read() -> None:
    command = f"{shlex.quote(sys.executable)} -m router inspect - --mailbox x --json <&-"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, env=environment, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"file": "-", "error": "standard input is closed"}


def test_inspect_for_a_person(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(mail(1))
    done = desk.run("inspect", str(tmp_path / "1.eml"))
    assert done.exit_code == 0
    assert "A.14" in done.stdout
    assert "what would follow" in done.stdout


def test_an_own_address_makes_a_loop(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(mail(1))
    arguments = ("inspect", str(tmp_path / "1.eml"), "--own-address", "Pelanggan1@luar.example", "--json")
    (found,) = (json.loads(line) for line in desk.run(*arguments).stdout.splitlines())
    assert found["screen"]["verdict"] == "loop"


# -- the console script ------------------------------------------------------------------------------------------------


def test_a_reader_that_has_enough_is_no_fault(filled: Desk) -> None:
    command = f"{sys.executable} -m router outbox list --json --config {filled.config} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode in (0, 1)
    assert "Traceback" not in done.stderr


def test_a_fault_of_the_program_is_3(filled: Desk) -> None:
    """A database from which somebody took a column: nothing that we foresee."""
    with sqlite3.connect(str(filled.directory / "hero.db")) as other:
        other.execute("ALTER TABLE ticket RENAME COLUMN summary TO synopsis")
    command = [sys.executable, "-m", "router", "tickets", "list", "--config", str(filled.config)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 3
    assert done.stdout == ""
