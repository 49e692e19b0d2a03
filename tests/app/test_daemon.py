"""The daemon as a process: how it starts, stops, reloads, and takes over from one that died."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from router.app.daemon import SILENT, STUCK, dead_owners
from router.store.database import Store
from tests.app.made import PASSWORD, mail, now, until
from tests.desk.made import ROOT
from tests.servers.dovecot import Dovecot
from tests.servers.smtpd import Receiver


class Service:
    """A configuration, its database, and daemons on it."""

    def __init__(self, directory: Path, rules: Path, imap: int, user: str, smtp: int) -> None:
        self.directory, self.rules = directory, rules
        self.imap, self.user, self.smtp = imap, user, smtp
        self.daemons: list[subprocess.Popen[bytes]] = []
        self.configure()

    def configure(self, service: str = "", imap: str = "", more: str = "") -> None:
        (self.directory / "config.toml").write_text(
            f'[service]\nrules_dir = "{self.rules}"\ntemplates_dir = "{ROOT / "templates"}"\nstate_dir = "."\n{service}\n'
            f'[database]\nurl = "sqlite:///hero.db"\n[smtp]\nhost = "127.0.0.1"\nport = {self.smtp}\nsecurity = "plain"\n'
            f'[[mailbox]]\nname = "hero"\naddress = "hero@kemendag.go.id"\n[mailbox.imap]\nhost = "127.0.0.1"\n'
            f'port = {self.imap}\nsecurity = "plain"\nuser = "{self.user}"\npassword = "{PASSWORD}"\n{imap}\n{more}\n',
            "utf-8",
        )

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{len(self.daemons)}.log").open("wb") as log:
            command = [sys.executable, "-m", "router", "run", *options, "--config", str(self.directory / "config.toml")]
            daemon = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
        self.daemons.append(daemon)
        return daemon

    def log(self, number: int = -1) -> str:
        return (self.directory / f"{number % len(self.daemons)}.log").read_text("utf-8")

    def says(self, words: str, number: int = -1, seconds: float = 20.0) -> None:
        until(lambda: words in self.log(number), f'"{words}" was not said:\n{self.log(number)}', seconds)

    def stop(self, daemon: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> tuple[int, float]:
        """The exit code, and the seconds that it took."""
        started = time.monotonic()
        daemon.send_signal(number)
        return daemon.wait(15), time.monotonic() - started

    def store(self) -> Store:
        return Store(f"sqlite:///{self.directory / 'hero.db'}")

    def status(self) -> dict[str, Any]:
        """What `status` says; {} as long as there is no schema."""
        store = self.store()
        try:
            return {} if store.is_empty() or not store.revision() else store.status()
        finally:
            store.close()

    def comes_to(self, state: str) -> None:
        """Waits until the mailbox is in that state."""
        until(
            lambda: state in [box["state"] for box in self.status().get("mailboxes", ())],
            f"not {state}\n{self.log()}", 20,
        )  # fmt: skip


@pytest.fixture
def smtp() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def service(tmp_path: Path, rules: Path, dovecot: Dovecot, account: str, smtp: Receiver) -> Iterator[Service]:
    made = Service(tmp_path, rules, dovecot.imap_port, account, smtp.port)
    yield made
    for daemon in made.daemons:
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()


def test_it_stops_cleanly(service: Service) -> None:
    daemon = service.start()
    service.says("running mailboxes=1")
    service.comes_to("idle")
    code, seconds = service.stop(daemon, signal.SIGINT)
    assert code == 0, service.log()
    assert seconds < 5
    assert service.status()["daemons"] == []
    assert service.status()["mailboxes"][0]["state"] == "stopped"


def test_it_stops_while_it_connects_to_a_black_hole(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        service.imap = hole.getsockname()[1]
        service.configure()
        daemon = service.start()
        service.says("running mailboxes=1")
        time.sleep(0.5)
        code, seconds = service.stop(daemon)
    assert code == 0, service.log()
    assert seconds < 10


def test_it_stops_in_a_pause(service: Service) -> None:
    service.configure(imap='folder = "Tidak/Ada"')
    daemon = service.start()
    service.says("Tidak/Ada")
    code, seconds = service.stop(daemon)
    assert code == 0
    assert seconds < 5


def test_it_stops_with_a_server_that_hangs_and_loses_no_mail(
    service: Service, dovecot: Dovecot, smtp: Receiver
) -> None:
    smtp.silent("RCPT", times=2)
    dovecot.deliver(service.user, mail(1))
    daemon = service.start()
    until(lambda: len([line for line in smtp.commands if line.startswith("RCPT")]) == 2, service.log(), 20)
    code, seconds = service.stop(daemon)
    assert code == 0, service.log()
    assert seconds < 10
    service.start()
    assert len(smtp.wait_for(2, 15)) == 2


def test_a_single_pass_takes_what_is_there_and_sends_what_is_due(
    service: Service, dovecot: Dovecot, smtp: Receiver
) -> None:
    dovecot.deliver(service.user, mail(1), mail(2))
    assert service.start("--once").wait(30) == 0, service.log()
    assert len(smtp.mails) == 4
    status = service.status()
    assert status["mailboxes"][0]["state"] == "done"
    assert status["daemons"] == []


def test_a_single_pass_with_a_fault_is_3_and_sends_all_the_same(
    service: Service, dovecot: Dovecot, smtp: Receiver
) -> None:
    dovecot.deliver(service.user, mail(1))
    service.configure(
        more='[[mailbox]]\nname = "ska"\naddress = "ska@kemendag.go.id"\n[mailbox.imap]\nhost = "127.0.0.1"\n'
        f'port = {service.imap}\nsecurity = "plain"\nuser = "nobody"\npassword = "x"\n'
    )
    assert service.start("--once").wait(30) == 3
    assert len(smtp.mails) == 2


def test_a_single_pass_is_stopped_too(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as hole:
        service.imap = hole.getsockname()[1]
        service.configure()
        daemon = service.start("--once")
        until(lambda: service.status().get("daemons"), "not begun", 20)
        time.sleep(0.5)
        code, seconds = service.stop(daemon)
    assert code == 0, service.log()
    assert seconds < 10


def test_a_reload_keeps_the_last_good_set(service: Service, tmp_path: Path) -> None:
    shutil.copytree(service.rules, tmp_path / "own")
    service.rules = tmp_path / "own"
    service.configure()
    daemon = service.start()
    service.says("running mailboxes=1")
    first = service.status()["rules"]["version"]
    routing = service.rules / "routing.toml"
    good = routing.read_text("utf-8")
    routing.write_text(good + "\n[[rule]]\nname = 1\n", "utf-8")
    daemon.send_signal(signal.SIGHUP)
    service.says("the last good set stays in force")
    until(lambda: service.status()["rules"]["problems"], "the fault is not shown")
    assert service.status()["rules"]["version"] == first
    units = service.rules / "units.toml"
    routing.write_text(good, "utf-8")
    units.write_text(units.read_text("utf-8").replace("Tim Aplikasi", "Tim Aplikasi Baru", 1), "utf-8")
    daemon.send_signal(signal.SIGHUP)
    until(lambda: not service.status()["rules"]["problems"], "the fault is still shown")
    assert service.status()["rules"]["version"] != first
    assert service.stop(daemon)[0] == 0


def test_after_a_kill_the_next_one_takes_over_at_once(service: Service, dovecot: Dovecot, smtp: Receiver) -> None:
    smtp.silent("RCPT", times=2)
    dovecot.deliver(service.user, mail(1))
    daemon = service.start()
    until(lambda: len([line for line in smtp.commands if line.startswith("RCPT")]) == 2, service.log(), 20)
    daemon.kill()
    daemon.wait()
    service.start()
    service.says("which died: 2 mails")
    smtp.wait_for(2, 5)
    dovecot.deliver(service.user, mail(2))
    smtp.wait_for(4, 5)


def test_a_second_one_waits_and_takes_over_from_one_that_is_killed(
    service: Service, dovecot: Dovecot, smtp: Receiver
) -> None:
    first = service.start()
    service.says("running mailboxes=1")
    service.comes_to("idle")
    service.start()
    service.says("another hero-router has this mailbox")
    dovecot.deliver(service.user, mail(1))
    smtp.wait_for(2)
    assert "Occupied" not in service.log(0)
    first.kill()
    first.wait()
    dovecot.deliver(service.user, mail(2))
    assert len(smtp.wait_for(4, 25)) == 4
    assert service.log().count("another hero-router has this mailbox") == 1


def test_what_was_held_in_shadow_mode_never_leaves_by_itself(
    service: Service, dovecot: Dovecot, smtp: Receiver
) -> None:
    service.configure('mode = "shadow"')
    dovecot.deliver(service.user, mail(1))
    assert service.start("--once").wait(30) == 0
    assert smtp.mails == []
    service.configure('mode = "live"')
    dovecot.deliver(service.user, mail(2))
    assert service.start("--once").wait(30) == 0
    assert {to for one in smtp.mails for to in one.recipients if "luar" in to} == {"pelanggan2@luar.example"}
    store = service.store()
    assert {one["state"] for one in store.outbox_list()} == {"held"}
    store.close()


def beat(owner: str, pid: int, seconds_ago: float) -> dict[str, object]:
    return {"owner": owner, "pid": pid, "beat_at": (now() - timedelta(seconds=seconds_ago)).isoformat()}


def test_who_counts_as_dead() -> None:
    here, parent = socket.gethostname(), os.getppid()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    living = [
        beat(f"{here}|{parent}|1", parent, STUCK - 5),
        beat("elsewhere|1|1", 1, SILENT - 5),
    ]
    dead = [
        beat(f"{here}|{gone.pid}|1", gone.pid, 0),
        beat(f"{here}|{os.getpid()}|1", os.getpid(), 0),  # of a container before this one
        beat(f"{here}|{parent}|2", parent, STUCK + 5),
        beat("elsewhere|1|2", 1, SILENT + 5),
    ]
    assert dead_owners([*living, *dead], now()) == [one["owner"] for one in dead]
