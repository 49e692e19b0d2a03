"""A Dovecot of one's own: real IMAP (plain, STARTTLS, TLS) and LMTP on free loopback ports, as any user, root too.

    with Dovecot({"hero@kemendag.test": "rahasia"}) as server:
        server.deliver("hero@kemendag.test", b"Subject: Halo\\r\\n\\r\\nIsi\\r\\n")

Everything lives below one temporary directory that goes away with it.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.servers.dovecot_conf import Layout, text
from tests.servers.ports import free_ports

START_SECONDS = 15.0
HELP = "Dovecot is missing; on Debian: apt-get install --no-install-recommends dovecot-imapd dovecot-lmtpd"


class Dovecot:
    """Accounts are user → password. `ca_file` is the self-signed certificate, good for localhost and 127.0.0.1.

    `separator` and `prefix` are the personal namespace's; `run_as` names the user when root starts it (default nobody);
    `extra` is configuration text added at the end.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        users: Mapping[str, str],
        separator: str = "/",
        prefix: str = "",
        run_as: str | None = None,
        extra: str = "",
    ) -> None:
        self.users = dict(users)
        self._extra = extra
        self._program = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if self._program is None:
            raise RuntimeError(HELP)
        self._version = subprocess.run([self._program, "--version"], capture_output=True, text=True, check=True).stdout
        name = run_as or ("nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
        self._account = pwd.getpwnam(name)
        self._names = separator, prefix
        self._process: subprocess.Popen[bytes] | None = None
        self.root = Path()
        self.imap_port = self.imaps_port = self.lmtp_port = 0

    @property
    def ca_file(self) -> Path:
        return self.root / "cert.pem"

    def __enter__(self) -> Dovecot:
        self.root = Path(tempfile.mkdtemp(prefix="dv-"))  # short: Dovecot's sockets below it have 107 bytes of path
        try:
            self._furnish()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *unused: object) -> None:
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    # -- life -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start and wait until it greets. The first start chooses the ports; another program may snatch one: try again."""
        for attempt in range(5):
            if not self.imap_port or attempt:
                self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
            self._configure()
            command = [self._program or "", "-F", "-c", str(self.root / "dovecot.conf")]
            as_whom = {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}
            self._process = subprocess.Popen(
                command,
                cwd=self.root,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                **(as_whom if os.geteuid() == 0 else {}),  # type: ignore[arg-type]
            )
            if self._greets():
                return
            self.kill()
        raise RuntimeError(f"Dovecot didn't start:\n{self.log()}")

    def stop(self) -> None:
        """End it as an admin would (SIGTERM), sessions included, and wait for that."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would: all its processes at once."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same ports; the mail stays."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """All its processes stand still: connections stay, nobody answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def log(self) -> str:
        path = self.root / "dovecot.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    # -- mail -------------------------------------------------------------------------------------------------------

    def deliver(self, user: str, *messages: bytes) -> None:
        """Through LMTP, as a mail server would. One recipient a transaction: smtplib's LMTP can't count more replies."""
        with smtplib.LMTP(self.host, self.lmtp_port) as client:
            for message in messages:
                client.sendmail("sender@outside.test", [user], message)

    def fill(self, user: str, messages: Iterable[bytes]) -> int:
        """Put many messages into INBOX at once, by file, for benches. Returns how many."""
        new = self._maildir(user) / "new"
        count = 0
        for count, message in enumerate(messages, 1):
            (new / f"{time.time_ns()}.{count}.fill").write_bytes(message.replace(b"\r\n", b"\n"))
        self._own(self._maildir(user))
        return count

    def append(self, user: str, message: bytes, folder: str = "INBOX") -> None:
        """By IMAP, as a mail client would; the folder is made when missing."""
        with self.login(user) as client:
            client.create(f'"{folder}"')
            typ, data = client.append(f'"{folder}"', "", "", message)
            assert typ == "OK", data

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """What lies in a folder now, in the order of UIDs, seen with a client of its own; [] when it doesn't exist."""
        with self.login(user) as client:
            answer, exists = client.select(f'"{folder}"', readonly=True)
            if answer != "OK" or exists == [b"0"]:
                return []
            fetched = client.fetch("1:*", "(BODY.PEEK[])")[1]
            return [item[1] for item in fetched if isinstance(item, tuple)]

    def flags(self, user: str, folder: str = "INBOX") -> list[str]:
        """The flags of each message, as the server prints them."""
        with self.login(user) as client:
            client.select(f'"{folder}"', readonly=True)
            return [item.decode() for item in client.fetch("1:*", "(FLAGS)")[1] if isinstance(item, bytes)]

    def expunge(self, user: str, uid: int) -> None:
        """Another client deletes a message for good."""
        with self.login(user) as client:
            client.select("INBOX")
            client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
            client.expunge()

    def bump_uidvalidity(self, user: str) -> None:
        """As after a restored backup: new UIDVALIDITY, the UIDs begin at 1 again. Sessions are cut off."""
        self.stop()
        maildir = self._maildir(user)
        listing = maildir / "dovecot-uidlist"
        old = int(found.group(1)) if (found := re.search(r" V(\d+)", listing.read_text())) else int(time.time())
        for index in maildir.glob("dovecot.index*"):
            index.unlink()
        files = sorted(path.name.partition(":")[0] for part in ("cur", "new") for path in (maildir / part).iterdir())
        lines = [f"{number} :{name}" for number, name in enumerate(files, 1)]
        listing.write_text("\n".join([f"3 V{old + 1} N{len(files) + 1} G{os.urandom(16).hex()}", *lines, ""]))
        self._own(maildir)
        self.start()

    def login(self, user: str) -> imaplib.IMAP4:
        """A bare client of the standard library, logged in."""
        client = imaplib.IMAP4(self.host, self.imap_port, timeout=10)
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{self.users[user]}".encode())
        return client

    # -- inside -----------------------------------------------------------------------------------------------------

    def _maildir(self, user: str) -> Path:
        maildir = self.root / "mail" / user / "Maildir"
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        return maildir

    def _furnish(self) -> None:
        for part in ("base", "state", "mail"):
            (self.root / part).mkdir()
        lines = [f"{user}:{{PLAIN}}{password}::::::\n" for user, password in self.users.items()]
        (self.root / "users").write_text("".join(lines), "utf-8")
        certificate(self.root / "cert.pem", self.root / "key.pem")
        for user in self.users:
            self._maildir(user)
        self._own(self.root)

    def _own(self, top: Path) -> None:
        if os.geteuid() == 0:
            for path in (top, *top.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid, follow_symlinks=False)

    def _configure(self) -> None:
        account, (separator, prefix) = self._account, self._names
        group = grp.getgrgid(account.pw_gid).gr_name
        layout = Layout(
            self.root, account.pw_name, group, account.pw_uid, account.pw_gid,
            self.imap_port, self.imaps_port, self.lmtp_port, separator, prefix,
        )  # fmt: skip
        path = self.root / "dovecot.conf"
        path.write_text(text(self._version, layout) + self._extra)
        self._own(path)

    def _greets(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.imap_port), 5) as probe:
                if probe.recv(100).startswith(b"* OK"):
                    return True
            time.sleep(0.02)
        return False

    def _signal(self, number: int) -> None:
        if self._process:
            os.killpg(self._process.pid, number)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for sent in (number, signal.SIGCONT):  # one that is paused takes its end only when it goes on
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # sessions that outlive the master
        process.wait()


def certificate(cert: Path, key: Path) -> None:
    """A self-signed certificate for localhost and 127.0.0.1, good for a month."""
    command = "openssl req -x509 -nodes -days 30 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
