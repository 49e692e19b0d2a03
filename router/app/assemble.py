"""From settings to the parts that run: wire settings, the signing key, the Policy."""

from __future__ import annotations

import os
import secrets as randomness
from datetime import timedelta
from functools import partial
from pathlib import Path

from router.app.secrets import SecretUnavailable, reveal
from router.app.settings import Mailbox, Server, Settings, Smtp
from router.desk.letter import Templates
from router.desk.policy import Desk, Policy
from router.mail.message import Address
from router.rulebook.book import RuleBook
from router.wire.settings import ImapSettings, SmtpSettings

KEY_BYTES = 32
SHADOW = "shadow mode: decided and recorded, not sent"


def imap_settings(mailbox: Mailbox) -> ImapSettings:
    """How to watch that mailbox; its secret is read anew at each login."""
    imap = mailbox.imap
    return ImapSettings(
        host=imap.host,
        port=imap.port,
        security=imap.security,
        user=imap.user,
        secret=partial(_secret, imap),
        auth="xoauth2" if imap.oauth2 else "login",
        folder=imap.folder,
        idle=imap.idle,
        poll_seconds=float(imap.poll_seconds),
        ca_file=imap.ca_file,
        connect_timeout=float(imap.timeout_seconds),
        read_timeout=float(imap.timeout_seconds),
    )


def smtp_settings(smtp: Smtp) -> SmtpSettings:
    """How mail leaves; its secret is read anew at each login."""
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        security=smtp.security,
        user=smtp.user,
        secret=partial(_secret, smtp),
        auth="xoauth2" if smtp.oauth2 else "login",
        connections=smtp.connections,
        ca_file=smtp.ca_file,
        timeout=float(smtp.timeout_seconds),
        helo=smtp.hello,
    )


def token_key(path: Path) -> bytes:
    """The key that signs our msg-ids; made at the first call, readable by its owner only. Raises OSError."""
    try:
        return read_token_key(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    made = randomness.token_bytes(KEY_BYTES)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # the first of two starting processes wins, both read the same
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return read_token_key(path)


def read_token_key(path: Path) -> bytes:
    """The key as it stands. Raises OSError; ValueError when the file does not hold a key."""
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise ValueError(f"{path} holds {len(key)} bytes; a key has at least {KEY_BYTES}")
    return key


def policy_of(settings: Settings, book: RuleBook, templates: Templates, key: bytes) -> Policy:
    """What planning goes by. `key` signs our tokens."""
    service = settings.service
    desks = tuple(
        Desk(box.name, Address(box.display_name or f"{service.name} {service.organisation}", box.address))
        for box in settings.mailboxes
    )
    return Policy(
        organisation=service.organisation,
        desks=desks,
        own=settings.own_addresses,
        internal_domains=settings.trust.internal_domains,
        authserv_id=settings.trust.authserv_id,
        require_authentication=settings.trust.require_authentication,
        zone=service.zone,
        book=book,
        templates=templates,
        secret=key,
        answers_per_hour=settings.limits.acks_per_sender_per_hour,
        relay_delay=timedelta(seconds=service.relay_delay_seconds),
        reopen_within=timedelta(days=service.reopen_days),
        forward_bytes=settings.limits.forward_bytes,
        message_bytes=settings.limits.message_bytes,
        attach_original=service.attach_original,
        hold_all=SHADOW if service.mode == "shadow" else None,
    )


def _secret(server: Server) -> str:
    try:
        return reveal(server)
    except SecretUnavailable as fault:
        raise OSError(str(fault)) from fault
