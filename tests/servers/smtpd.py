"""An SMTP receiver that keeps what it gets and can be told to misbehave at any step.

    with Receiver() as smtp:
        smtp.answer("RCPT", "451 4.7.1 nanti saja", who="budi@kantor.test")     # once, then as usual
        smtp.drop("content")                                                    # takes the mail, breaks the line
        ...
        smtp.mails[0].content

`Sink` is the same in a process of its own, for benches: it only counts, or writes a line for each mail.
A protocol of its own rather than aiosmtpd: that one can't be silent or cut the line at will, and takes 600 mails a second.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.smtp_session import Mail, Rule, Session, Stage

__all__ = ["Mail", "Receiver", "Sink"]


@dataclass(slots=True)
class House:
    """What all sessions of a receiver share."""

    features: tuple[str, ...] = ("SIZE 36700160", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES")
    accounts: Mapping[str, str] = field(default_factory=dict)
    starttls: ssl.SSLContext | None = None
    rules: list[Rule] = field(default_factory=list)
    keep: Callable[[Mail], None] = lambda mail: None
    sessions: list[Session] = field(default_factory=list)
    commands: list[tuple[int, str]] | None = None
    stall_after: int | None = None  # octets of one content after which nothing more is read
    opened: int = 0
    count: int = 0

    def rule(self, stage: Stage, who: str) -> Rule | None:
        """The first rule that fits, used up by one."""
        for rule in self.rules:
            if rule.stage == stage and rule.times and rule.who in (None, who):
                rule.times -= 1
                return rule
        return None


class Receiver:
    """In a thread of the test's process. `accounts` (user → password): AUTH is demanded then.

    `cert` and `key`: PEM files; with `security` "tls" encrypted from the start, with "starttls" when asked for.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        accounts: Mapping[str, str] | None = None,
        security: str = "plain",
        cert: Path | None = None,
        key: Path | None = None,
        features: tuple[str, ...] | None = None,
        port: int = 0,
    ) -> None:
        context = None
        if cert is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(cert, key)
        self.house = House(accounts=accounts or {}, starttls=context if security == "starttls" else None, commands=[])
        if features is not None:
            self.house.features = features
        self.house.keep = self._keep
        self.mails: list[Mail] = []
        self.port = port
        self._context = context if security == "tls" else None
        self._news = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="smtp-receiver", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Receiver:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the SMTP receiver didn't start")
        return self

    def __exit__(self, *unused: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    # -- telling it what to do --------------------------------------------------------------------------------------

    def answer(self, stage: Stage, reply: str, times: int = 1, who: str | None = None) -> None:
        """Answer so at that stage; `who` is the sender at MAIL, the recipient from RCPT on. `times` -1 is for ever."""
        self.house.rules.append(Rule(stage, reply, times, who))

    def drop(self, stage: Stage, times: int = 1, who: str | None = None) -> None:
        """Cut the line instead of answering. At "content" the mail is taken all the same."""
        self.answer(stage, "", times, who)

    def silent(self, stage: Stage, times: int = 1, who: str | None = None) -> None:
        """Never answer, on this connection."""
        self.answer(stage, "silence", times, who)

    def cut(self) -> None:
        """Cut every open connection now."""
        self._loop.call_soon_threadsafe(lambda: [session.cut() for session in list(self.house.sessions)])

    # -- asking it --------------------------------------------------------------------------------------------------

    @property
    def connections(self) -> int:
        """How many connections were made so far."""
        return self.house.opened

    @property
    def commands(self) -> list[str]:
        """Every command line so far, of all connections in order; no content."""
        return [line for _, line in self.house.commands or []]

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Mail]:
        """All mails, as soon as there are `count`; AssertionError when there aren't in time."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.mails) >= count, seconds), f"{len(self.mails)} of {count} mails"
        return list(self.mails)

    def _keep(self, mail: Mail) -> None:
        with self._news:
            self.mails.append(mail)
            self._news.notify_all()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        made = self._loop.create_server(lambda: Session(self.house), self.host, self.port, ssl=self._context)
        server = self._loop.run_until_complete(made)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for session in list(self.house.sessions):
            session.cut()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()


class Sink:
    """A receiver in its own process. With `path`, each mail leaves a line there: time, sender, recipients, size, msg-id,
    separated by tabs, written before the mail is acknowledged."""

    host = "127.0.0.1"

    def __init__(self, path: Path | None = None, port: int = 0) -> None:
        self._path = path
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Sink:
        command = [sys.executable, "-m", "tests.servers.smtpd", str(self.port), str(self._path or "")]
        root = Path(__file__).parents[2]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
        self.port = int(self._ask(""))
        return self

    def __exit__(self, *unused: object) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()

    def count(self) -> int:
        """How many mails were taken so far."""
        return int(self._ask("count\n"))

    def wait_for(self, count: int, seconds: float) -> float:
        """Wait until `count` mails were taken; returns the seconds that it took. AssertionError when it isn't in time."""
        started = time.monotonic()
        while (got := self.count()) < count:
            assert time.monotonic() - started < seconds, f"{got} of {count} mails"
            time.sleep(0.02)
        return time.monotonic() - started

    def _ask(self, question: str) -> str:
        assert self._process
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(question)
        self._process.stdin.flush()
        return self._process.stdout.readline()


def main(port: int, path: str) -> None:
    """Run a sink: prints its port, then the count for each line on standard input; ends with its input."""
    house = House()
    if path:
        out = Path(path).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115  (open as long as the process)
        house.keep = lambda mail: print(mail.line(), file=out)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: Session(house), Sink.host, port, backlog=1000))
    print(server.sockets[0].getsockname()[1], flush=True)

    def asked() -> None:
        if not sys.stdin.readline():
            loop.stop()
        print(house.count, flush=True)

    loop.add_reader(sys.stdin, asked)
    loop.run_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
