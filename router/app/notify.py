"""Telling systemd how we are (sd_notify(3)); outside systemd nothing happens."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Sends ``READY=1``, ``WATCHDOG=1``, ``STOPPING=1`` and the like to the service manager, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    target = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(state.encode(), target)
        except OSError:
            return  # the manager is gone; the service must not die of that
