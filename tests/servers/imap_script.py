"""An IMAP server that says exactly what it is told to: for the lines that Dovecot never sends.

    with ScriptedImap({"IDLE": "* 5 EXISTS|+ idling"}) as server: ...

An answer's lines are separated by ``|``; ``{tag}`` is the command's tag, ``CUT`` closes the connection, ``HANG`` says nothing
more, ``SPLIT`` sends what follows in another packet. A command is found by its first words ("UID FETCH", "SELECT"), the
client's n-th line that is no command by ``+n``.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Mapping

USUAL: Mapping[str, str] = {
    "greeting": "* OK ready",
    "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE|{tag} OK done",
    "LOGIN": "{tag} OK in",
    "SELECT": "* 4 EXISTS|* OK [UIDVALIDITY 7] v|* OK [UIDNEXT 5] n|{tag} OK [READ-WRITE] selected",
    "NOOP": "{tag} OK done",
    "IDLE": "+ idling",
    "DONE": "{tag} OK idled",
    "LOGOUT": "* BYE bye|{tag} OK out|CUT",
}


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        tag, continued = "", 0
        if not self._say(self.server.answers["greeting"], tag):
            return
        while raw := self.rfile.readline():
            line = raw.decode().strip()
            self.server.lines.append(line)
            words = line.split()
            if line == "DONE":
                name = line
            elif len(words) < 2:  # no tag and command: the answer to a continuation
                continued += 1
                name = f"+{continued}"
            else:
                tag, name = words[0], " ".join(words[1 : 3 if words[1] == "UID" else 2]).upper()
            if not self._say(self.server.answers.get(name, "{tag} BAD unknown"), tag):
                return

    def _say(self, answer: str, tag: str) -> bool:
        for line in answer.split("|"):
            if line == "CUT":
                return False
            if line == "HANG":
                self.server.over.wait(30)
                return False
            if line == "SPLIT":
                self.wfile.flush()
                time.sleep(0.1)
                continue
            end = "" if line.endswith("\\") else "\r\n"
            self.wfile.write(line.rstrip("\\").replace("{tag}", tag).encode() + end.encode())
        return True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answers: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.lines: list[str] = []
        self.over = threading.Event()


class ScriptedImap:
    """`answers` replace the usual ones; `lines` is what clients sent."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._server = _Server({**USUAL, **answers})
        self.port = int(self._server.server_address[1])

    @property
    def lines(self) -> list[str]:
        return self._server.lines

    def __enter__(self) -> ScriptedImap:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._server.over.set()
        self._server.shutdown()
        self._server.server_close()
