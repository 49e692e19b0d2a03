"""The stand of the system tests: a real Dovecot, a real SMTP receiver, and the daemon as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from tests.servers.dovecot import Dovecot
from tests.servers.smtpd import Mail, Receiver

ROOT = Path(__file__).parents[2]
MAILBOXES = ("hero", "ska", "layanandata.pdsi", "orgpeg.pusdatin")
DOMAIN = "kemendag.go.id"
PASSWORD = "rahasia"
PATIENCE = 30.0


def address(mailbox: str) -> str:
    """The address of one of our mailboxes."""
    return f"{mailbox}@{DOMAIN}"


class Stand:
    """Servers, configuration and daemon; `with Stand(tmp_path) as stand:` leaves nothing running."""

    def __init__(self, directory: Path, relay_delay: int = 0, **imap: Any) -> None:
        self.directory = directory
        self.dovecot = Dovecot({address(box): PASSWORD for box in MAILBOXES})
        self.smtp = Receiver()
        self.config = directory / "config.toml"
        self.daemon: subprocess.Popen[bytes] | None = None
        self._relay_delay = relay_delay
        self._imap = imap

    def __enter__(self) -> Stand:
        self.dovecot.__enter__()
        self.smtp.__enter__()
        self.config.write_text(self._configuration(), "utf-8")
        return self

    def __exit__(self, *unused: object) -> None:
        if self.daemon and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        self.smtp.__exit__()
        self.dovecot.__exit__()

    def _configuration(self) -> str:
        more = "".join(f"{name} = {json.dumps(value)}\n" for name, value in self._imap.items())
        boxes = "".join(
            f'[[mailbox]]\nname = "{box}"\naddress = "{address(box)}"\n[mailbox.imap]\nhost = "127.0.0.1"\n'
            f'port = {self.dovecot.imap_port}\nsecurity = "plain"\nuser = "{address(box)}"\npassword = "{PASSWORD}"\n{more}'
            for box in MAILBOXES
        )
        return (
            f'[service]\nstate_dir = "."\nrules_dir = "{ROOT / "rules"}"\ntemplates_dir = "{ROOT / "templates"}"\n'
            f"relay_delay_seconds = {self._relay_delay}\n[limits]\nmessage_mb = 2\nacks_per_sender_per_hour = 1000\n"
            f'[database]\nurl = "sqlite:///hero.db"\n[smtp]\nhost = "127.0.0.1"\nport = {self.smtp.port}\n'
            f'security = "plain"\nconnections = 2\n{boxes}'
        )

    # -- the daemon ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts `hero-router run`; its log goes to daemon.log."""
        with (self.directory / "daemon.log").open("ab") as log:
            self.daemon = subprocess.Popen(self._command("run"), stdout=log, stderr=log, cwd=ROOT)

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        assert self.daemon
        self.daemon.kill()
        self.daemon.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.daemon
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(12)

    def log(self) -> str:
        """What the daemon wrote so far."""
        return (self.directory / "daemon.log").read_text("utf-8")

    def hero(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of `hero-router` against this configuration."""
        environment = dict(os.environ, PYTHONPATH=str(ROOT))
        return subprocess.run(
            self._command(*arguments), capture_output=True, text=True, cwd=ROOT, env=environment, check=False
        )

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        """The objects that a command prints with --json."""
        done = self.hero(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "router", *arguments, "--config", str(self.config)]

    # -- waiting ------------------------------------------------------------------------------------------------------

    def until(self, true: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Waits until it is so."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"{what}\n{self.log()[-4000:]}"
            assert self.daemon is None or self.daemon.poll() is None, f"the daemon ended: {self.log()[-4000:]}"
            time.sleep(0.05)

    def mails(self, **fields: str) -> list[EmailMessage]:
        """What the receiver got whose header fields have these values (x_hero_kind = "relay")."""
        found = [parsed(mail) for mail in self.smtp.mails]
        wanted = {name.replace("_", "-"): value for name, value in fields.items()}
        return [one for one in found if all((one[name] or "") == value for name, value in wanted.items())]

    def mail(self, recipient: str, kind: str, count: int = 1) -> EmailMessage:
        """The `count`-th mail of that kind to that recipient, as soon as it is there."""

        def found() -> list[EmailMessage]:
            mails = [mail for mail in self.smtp.mails if recipient in mail.recipients]
            return [one for mail in mails if (one := parsed(mail))["X-Hero-Kind"] == kind]

        self.until(lambda: len(found()) >= count, f"no {kind} to {recipient}")
        return found()[count - 1]


def parsed(mail: Mail) -> EmailMessage:
    """A mail that the receiver got, by the standard library's parser: not ours."""
    return cast(EmailMessage, message_from_bytes(mail.content, policy=default))


def text_of(message: EmailMessage) -> str:
    """The plain body."""
    body = message.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""
