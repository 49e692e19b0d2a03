"""`hero-router demo`: the whole service on this machine, with the shipped rules and templates and an embedded mail server.

Everything is the real thing but the mail server and the people: the same daemon, database, IMAP and SMTP code.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import smtplib
import tempfile
import threading
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path

from router.app.config import load
from router.app.daemon import Daemon
from router.app.demo_config import written
from router.app.demo_mail import AGENT_WORDS, CUSTOMER_WORDS, SAMPLES, Sample, answer, letter, out_of_office
from router.app.embedded import MailHouse
from router.app.output import Exit, complain, say, table
from router.app.service import in_force
from router.app.settings import Settings
from router.app.stages import Stages
from router.desk.policy import Policy
from router.store.database import Store

PATIENCE = 20.0  # seconds that a step of the demo may take before it counts as failed
PASSWORD = "demo"


class StepFailedError(Exception):
    """A mail that had to come did not."""


def demonstrate(*, once: bool) -> Exit:
    """Runs the demo; with `once` it ends after the samples, else at Ctrl-C. The state directory is kept until then."""
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s", force=True)
    with tempfile.TemporaryDirectory(prefix="hero-demo-") as directory:
        return asyncio.run(_demonstrate(Path(directory), once))


async def _demonstrate(directory: Path, once: bool) -> Exit:
    house = MailHouse(authserv_id="mx.kemendag.go.id")
    settings, _ = load(written(directory, 1, 1, PASSWORD), secrets=False)
    rules = in_force(settings) if settings else None
    if settings is None or rules is None:
        return Exit.USAGE
    house.start(_accounts(settings, rules.policy))
    path = written(directory, house.imap_port, house.smtp_port, PASSWORD)
    settings, _ = load(path)
    assert settings is not None
    rules = dataclasses.replace(rules, settings=settings)
    store = Store(settings.database.url)
    store.upgrade()
    daemon = Daemon(settings, store, rules, Stages(lambda: rules.policy))
    told: list[Exit] = []
    scene = Scene(house, rules.policy, store)
    play = threading.Thread(target=_play, args=(scene, path, told, once, _stopper(daemon)), daemon=True)
    play.start()
    try:
        await daemon.run()
    finally:
        play.join(1)
        house.stop()
        store.close()
    say("stopped cleanly")
    return told[0] if told else Exit.DONE


def _stopper(daemon: Daemon) -> Callable[[], object]:
    """A call that stops the daemon from another thread."""
    return partial(asyncio.get_running_loop().call_soon_threadsafe, daemon.stop)


def _play(scene: Scene, config: Path, told: list[Exit], once: bool, stop: Callable[[], object]) -> None:
    try:
        scene.play()
        scene.summary(config, once)
        told.append(Exit.DONE)
    except StepFailedError as fault:
        complain(str(fault))
        told.append(Exit.FAULTS)
        stop()
    if once:
        stop()


def _accounts(settings: Settings, policy: Policy) -> dict[str, tuple[str, str]]:
    """Mailboxes, customers, units and agents, each with an account of its own."""
    units = policy.book.units.values()
    people = [
        address for unit in units for address in (unit.address, *unit.agents, *unit.supervisors) if "*" not in address
    ]
    everybody = [*(box.address for box in settings.mailboxes), *(sample.address for sample in SAMPLES), *people]
    return {address.lower(): (address.lower(), PASSWORD) for address in everybody}


class Scene:
    """The conversation, step by step, and what is printed of it."""

    def __init__(self, house: MailHouse, policy: Policy, store: Store) -> None:
        self._house = house
        self._policy = policy
        self._store = store
        self._read: dict[str, int] = {}

    def play(self) -> None:
        """Customers write; one is out of office; a unit answers; the customer asks on. Raises StepFailedError."""
        say("Customers write:", style="bold")
        acknowledged = [self._customer_writes(sample) for sample in SAMPLES]
        first, second = SAMPLES[0], SAMPLES[1]
        say("\nAn out-of-office reply comes to an acknowledgement:", style="bold")
        self._send(second.address, out_of_office(acknowledged[1], second.name, second.address))
        self._until(lambda: self._screened() > 0, "the out-of-office reply was not screened")
        say("  screened as auto_reply: no ticket, no answer", style="green")
        say("\nThe unit answers from its own mail program:", style="bold")
        self._conversation(first)

    def _customer_writes(self, sample: Sample) -> EmailMessage:
        to = self._policy.desk(sample.mailbox).address.address
        say(f"✉  {sample.name} → {to}: {sample.subject}")
        self._send(sample.address, letter(sample, to))
        acknowledgement = self._next(sample.address)
        ticket = self._store.ticket_show(acknowledgement["X-Hero-Ticket"])
        assert ticket is not None
        where = f"{ticket['service'] or 'triage'} {ticket['type'] or ''} → {ticket['unit']} ({ticket['confidence']})"
        say(f"   ticket {ticket['number']}: {where}", style="green")
        say(f"   acknowledgement: {acknowledgement['Subject']}")
        return acknowledgement

    def _conversation(self, sample: Sample) -> None:
        ticket = next(one for one in self._store.tickets() if one["customer"]["address"] == sample.address)
        unit = self._policy.book.units[ticket["unit"]]
        agent = next(address for address in (*unit.agents, unit.address) if "*" not in address)
        mailbox = self._policy.desk(sample.mailbox).address.address
        card = self._next(unit.address, about=ticket["number"])
        say(f"   the card came to {unit.address}: {card['Subject']}")
        self._send(agent, answer(card, "Petugas", agent, AGENT_WORDS, mailbox))
        relayed = self._next(sample.address)
        say(f"   {agent} answered; the customer got it from {relayed['From']}:", style="green")
        body = relayed.get_body(("plain",))
        say("\n".join(f"      {line}" for line in (body.get_content() if body else "").strip().splitlines()))
        say("\nThe customer asks on:", style="bold")
        self._send(sample.address, answer(relayed, sample.name, sample.address, CUSTOMER_WORDS, mailbox))
        followup = self._next(unit.address, about=ticket["number"])
        say(f"   forwarded to {followup['To']} on the same ticket: {followup['Subject']}", style="green")

    def summary(self, config: Path, once: bool) -> None:
        """What there is now, and where to look at it."""
        found = self._store.status()
        say("\nSummary", style="bold")
        rows = [(one["number"], one["service"], one["type"], one["status"], one["unit"], one["subject"])
                for one in self._store.tickets()]  # fmt: skip
        table(("ticket", "service", "type", "status", "unit", "subject"), rows)
        say(f"outbox: {', '.join(f'{count} {state}' for state, count in found['outbox'].items())}")
        if not once:
            say(f"\nLook around in another terminal:\n  hero-router status --config {config}")
            say(f"  hero-router tickets list --config {config}\n  hero-router tickets show HERO-… --config {config}")
            servers = f"IMAP 127.0.0.1:{self._house.imap_port}, SMTP 127.0.0.1:{self._house.smtp_port}"
            say(f"Mail programs can log in and write: {servers}")
            say(f'(user = address, password "{PASSWORD}"). Ctrl-C stops the demo.')

    def _screened(self) -> int:
        boxes = ((box.name, self._store.cursor(box.name)) for box in self._policy.desks)
        return sum(self._outcome(name, cursor) == "screened" for name, cursor in boxes if cursor)

    def _outcome(self, mailbox: str, cursor: tuple[int, int]) -> object:
        """How the last message of a mailbox ended."""
        return (self._store.outcome(mailbox, *cursor) or {}).get("outcome")

    def _send(self, sender: str, message: EmailMessage) -> None:
        with smtplib.SMTP(self._house.host, self._house.smtp_port) as smtp:
            smtp.send_message(message, sender, [message["To"]])

    def _next(self, address: str, about: str | None = None) -> EmailMessage:
        """The next mail for that address (about that ticket) that was not looked at yet."""
        found: list[EmailMessage] = []

        def arrived() -> bool:
            for raw in self._house.inbox(address)[self._read.get(address, 0) :]:
                self._read[address] = self._read.get(address, 0) + 1
                message = message_from_bytes(raw, policy=default)
                if about is None or message["X-Hero-Ticket"] == about:
                    found.append(message)
                    return True
            return False

        self._until(arrived, f"no mail came to {address} within {PATIENCE:.0f} s")
        return found[0]

    def _until(self, true: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > deadline:
                raise StepFailedError(otherwise)
            time.sleep(0.05)
