"""The demo's configuration file: the four mailboxes on the embedded servers, a database in a directory of its own."""

from __future__ import annotations

import json
from pathlib import Path

from router.app.settings import Settings
from router.app.shipped import shipped


def written(directory: Path, imap_port: int, smtp_port: int, password: str) -> Path:
    """Writes config.toml into the directory and returns its path. Relays leave after a second, so that one sees them."""
    rules, templates = shipped("rules"), shipped("templates")
    head = f"""\
[service]
state_dir = {json.dumps(str(directory))}
rules_dir = {json.dumps(str(rules))}
templates_dir = {json.dumps(str(templates))}
relay_delay_seconds = 1
log_level = "error"

[database]
url = {json.dumps(f"sqlite:///{directory / 'hero.db'}")}

[smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "plain"
"""
    boxes = [
        f"""
[[mailbox]]
name = {json.dumps(box.name)}
address = {json.dumps(box.address)}
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "plain"
user = {json.dumps(box.address)}
password = {json.dumps(password)}
poll_seconds = 2
"""
        for box in Settings.builtin().mailboxes
    ]
    path = directory / "config.toml"
    path.write_text(head + "".join(boxes), "utf-8")
    path.chmod(0o600)
    return path
