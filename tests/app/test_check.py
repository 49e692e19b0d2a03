"""`check`: all faults of all files and servers at once, and the exit code that says whose they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from router.app.check import Report, check
from router.app.initdir import init
from router.app.output import Exit
from router.rulebook.problem import Problem
from router.store.database import Store
from tests.servers.dovecot import Dovecot
from tests.servers.ports import free_ports
from tests.servers.smtpd import Receiver

CONFIG = """
[[mailbox]]
name = "hero"
address = "hero@kemendag.go.id"

[mailbox.imap]
host = "127.0.0.1"
port = {imap}
security = "plain"
user = "hero"
password = "{password}"
timeout_seconds = 5

[smtp]
host = "127.0.0.1"
port = {smtp}
security = "plain"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A directory as `init` makes it, with a small configuration, and without the catalog's examples: they take time."""
    init(tmp_path)
    configure(tmp_path)
    for file in (tmp_path / "rules/catalog").glob("*.toml"):
        file.write_text(file.read_text("utf-8").split("\n[[example]]")[0] + "\n", "utf-8")
    return tmp_path


def configure(directory: Path, imap: int = 143, smtp: int = 25, password: str = "rahasia", more: str = "") -> Path:
    file = directory / "config.toml"
    file.write_text(more + CONFIG.format(imap=imap, smtp=smtp, password=password))
    file.chmod(0o600)
    return file


def told(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


def edit(file: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, file.read_text("utf-8"), count=1)
    assert count == 1, f"{pattern} is not in {file}"
    file.write_text(text, "utf-8")


def test_what_is_shipped_has_no_fault(tmp_path: Path) -> None:
    init(tmp_path)
    report = check(configure(tmp_path))
    assert told(report) == []
    assert report.exit is Exit.DONE
    assert [what for what, _ in report.looked] == [str(tmp_path / "config.toml"), "rules", "templates", "database"]


def test_a_check_leaves_no_trace(desk: Path) -> None:
    before = sorted(desk.rglob("*"))
    check(desk / "config.toml")
    assert sorted(desk.rglob("*")) == before


def test_faults_of_all_files_are_told_at_once(desk: Path) -> None:
    edit(desk / "config.toml", 'user = "hero"', 'usr = "hero"')
    edit(desk / "rules/units.toml", "signature", "signatur")
    edit(desk / "rules/catalog/a14-e-ska.toml", "weight", "weigth")
    next(iter(sorted((desk / "templates/id").glob("*.txt.j2")))).write_text("no front block {{")
    report = check(desk / "config.toml")
    assert report.exit is Exit.FAULTS
    for wanted in (
        'unknown key "usr"; did you mean "user"?',
        'did you mean "signature"',
        'did you mean "weight"',
        "templates/id/",
    ):
        assert any(wanted in line for line in told(report)), wanted
    assert all(problem.line for problem in report.problems)


def test_rules_are_looked_for_where_a_faulty_configuration_says(desk: Path) -> None:
    (desk / "rules").rename(desk / "aturan")
    configure(desk, imap=0, more='[service]\nrules_dir = "aturan"\n')
    (only,) = check(desk / "config.toml").problems
    assert "port = 0" in only.message


def test_a_unit_behind_an_own_mailbox_would_be_a_loop(desk: Path) -> None:
    edit(desk / "rules/units.toml", 'address += "pdsi@kemendag.go.id"', 'address = "Hero@kemendag.go.id"')
    (only,) = check(desk / "config.toml").problems
    assert re.fullmatch(
        r'\S*rules/units.toml:\d+:1: unit.pdsi: address "Hero@kemendag.go.id" is one of our own mailboxes: '
        r"forwards would be loops; give the unit an address that the router doesn't watch",
        str(only),
    )


def test_an_agent_at_an_own_address_is_warned_of(desk: Path) -> None:
    edit(desk / "rules/units.toml", r'agents += \["sekretariat.pdsi@kemendag.go.id', 'agents = ["hero@kemendag.go.id')
    report = check(desk / "config.toml")
    (only,) = report.problems
    assert only.severity == "warning"
    assert 'unit.pdsi: "hero@kemendag.go.id" is one of our own mailboxes' in only.message
    assert report.exit is Exit.DONE


def test_believing_addresses_is_warned_of(desk: Path) -> None:
    configure(desk, more="[trust]\nrequire_authentication = false\n")
    report = check(desk / "config.toml")
    (only,) = report.problems
    assert only.severity == "warning"
    assert "whoever writes an agent's address in From is obeyed" in only.message
    assert report.exit is Exit.DONE


def test_an_unknown_template_is_a_fault(desk: Path) -> None:
    with (desk / "rules/replies.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[reply]]\nkind = "acknowledgement"\ntemplate = "acknowledgment"\n')
    (only,) = check(desk / "config.toml").problems
    assert 'unknown template "acknowledgment"; did you mean "acknowledgement"' in str(only)


def test_a_database_of_another_version_is_a_fault(desk: Path) -> None:
    store = Store(f"sqlite:///{desk}/var/hero.db")
    store.upgrade()
    assert check(desk / "config.toml").exit is Exit.DONE
    with store.write() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    store.close()
    report = check(desk / "config.toml")
    assert report.exit is Exit.FAULTS
    assert "hero-router" in told(report)[0]


def test_a_database_that_is_none_is_outside(desk: Path) -> None:
    (desk / "var").mkdir()
    (desk / "var/hero.db").write_text("this is a letter to the editor, not a database" * 100)
    report = check(desk / "config.toml")
    assert report.exit is Exit.OUTSIDE
    assert told(report)[0].startswith("database: ")


@pytest.mark.skipif(os.name != "posix", reason="permissions of files")
def test_an_open_signing_key_is_warned_of(desk: Path) -> None:
    (desk / "var").mkdir()
    (desk / "var/token.key").write_bytes(bytes(32))
    (desk / "var/token.key").chmod(0o644)
    (only,) = check(desk / "config.toml").problems
    assert only.severity == "warning"
    assert only.hint == f"chmod 600 {desk}/var/token.key"


def test_a_state_directory_that_is_a_file_is_a_fault(desk: Path) -> None:
    (desk / "var").write_text("")
    report = check(desk / "config.toml")
    assert report.exit is Exit.FAULTS
    assert any("can't be written to" in line for line in told(report))


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot({"hero": "rahasia"}) as server:
        yield server


def test_online_logs_in_everywhere(desk: Path, dovecot: Dovecot) -> None:
    with Receiver() as smtp:
        report = check(configure(desk, dovecot.imap_port, smtp.port), online=True)
        assert told(report) == []
        assert smtp.mails == []
    assert [what for what, _ in report.looked][-2:] == [
        f"SMTP 127.0.0.1:{smtp.port} (tanpa login)",
        f"IMAP 127.0.0.1:{dovecot.imap_port} (hero)",
    ]


def test_a_wrong_password_is_a_fault_and_an_absent_server_is_outside(desk: Path, dovecot: Dovecot) -> None:
    (nobody,) = free_ports(1)
    wrong = check(configure(desk, dovecot.imap_port, nobody, password="salah"), online=True)
    assert [problem.path for problem in wrong.problems] == ["mailbox hero", "smtp"]
    assert wrong.exit is Exit.FAULTS
    assert "salah" not in "".join(told(wrong))
    absent = check(configure(desk, dovecot.imap_port, nobody), online=True)
    assert [problem.path for problem in absent.problems] == ["smtp"]
    assert absent.exit is Exit.OUTSIDE


def test_online_counts_the_mail_that_has_no_outcome(desk: Path, dovecot: Dovecot) -> None:
    store = Store(f"sqlite:///{desk}/var/hero.db")
    store.upgrade()
    store.close()
    dovecot.deliver("hero", b"Subject: Halo\r\n\r\nIsi\r\n", b"Subject: Lagi\r\n\r\nIsi\r\n")
    with Receiver() as smtp:
        report = check(configure(desk, dovecot.imap_port, smtp.port), online=True)
    (only,) = report.problems
    assert only.message == "2 of 2 messages on the server have no outcome yet, the first is UID 1"
    assert report.exit is Exit.DONE
    assert not any("Seen" in flags for flags in dovecot.flags("hero"))


def test_the_json_says_all_of_it() -> None:
    report = Report((("rules", "34 services"),), (Problem("a.toml", 3, 1, "wrong", "right"),))
    assert report.as_json() == {
        "ok": False,
        "looked": [{"what": "rules", "so": "34 services"}],
        "problems": [
            {"path": "a.toml", "line": 3, "column": 1, "message": "wrong", "hint": "right", "severity": "error"},
        ],
    }
