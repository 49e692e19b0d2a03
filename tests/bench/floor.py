"""The floor of the backlog bench: the same mails fetched, parsed, inserted and sent by the libraries alone.

No rules, tickets, templates, retries or crash safety: a fixed acknowledgement, and the original as the forward.
`python -m tests.bench.floor IMAP_PORT SMTP_PORT PASSWORD ADDRESS…`
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import threading
from pathlib import Path

import mailparser
from aiosmtplib import SMTP
from imapclient import IMAPClient
from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table, create_engine, event, insert

BATCH = 50
CONNECTIONS = 2
ACKNOWLEDGEMENT = (
    "Subject: Tiket\r\nFrom: hero@kemendag.go.id\r\nTo: {to}\r\n\r\n" + "Pesan Anda sudah kami terima.\r\n" * 35
)

table = Table("mail", MetaData(), Column("id", Integer, primary_key=True), Column("msgid", String), Column("subject", String),
              Column("text", String), Column("raw", LargeBinary))  # fmt: skip


def pragmas(connection, _) -> None:  # type: ignore[no-untyped-def]
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")


def take(imap_port: int, user: str, password: str, database: str, loop, queue) -> None:  # type: ignore[no-untyped-def]
    engine = create_engine(database, connect_args={"timeout": 60})
    event.listen(engine, "connect", pragmas)
    client = IMAPClient("127.0.0.1", imap_port, ssl=False)
    client.login(user, password)
    client.select_folder("INBOX")
    uids = client.search()
    for start in range(0, len(uids), BATCH):
        rows = []
        for _, item in sorted(client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"]).items()):
            raw = item[b"BODY[]"]
            mail = mailparser.parse_from_bytes(raw)
            text = "\n".join(mail.text_plain)
            rows.append(
                {"msgid": mail.message_id, "subject": mail.subject, "text": text, "raw": raw, "to": mail.from_[0][1]}
            )
        with engine.begin() as connection:
            connection.execute(insert(table), [{k: v for k, v in row.items() if k != "to"} for row in rows])
        for row in rows:
            loop.call_soon_threadsafe(queue.put_nowait, (row["to"], ACKNOWLEDGEMENT.format(to=row["to"]).encode()))
            loop.call_soon_threadsafe(queue.put_nowait, ("unit@kemendag.go.id", row["raw"]))
    loop.call_soon_threadsafe(queue.put_nowait, None)
    client.logout()


async def send(port: int, queue: asyncio.Queue, boxes: int) -> None:  # type: ignore[type-arg]
    left = [boxes]

    async def one() -> None:
        smtp = SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        await smtp.connect()
        while left[0] or not queue.empty():
            try:
                item = await asyncio.wait_for(queue.get(), 0.1)
            except TimeoutError:
                continue
            if item is None:
                left[0] -= 1
                continue
            await smtp.sendmail("hero@kemendag.go.id", [item[0]], item[1])
        await smtp.quit()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def main(imap_port: int, smtp_port: int, password: str, users: list[str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = f"sqlite:///{Path(directory) / 'floor.db'}"
        table.metadata.create_all(create_engine(database))
        queue: asyncio.Queue = asyncio.Queue()  # type: ignore[type-arg]
        loop = asyncio.get_running_loop()
        threads = [
            threading.Thread(target=take, args=(imap_port, user, password, database, loop, queue)) for user in users
        ]
        for thread in threads:
            thread.start()
        await send(smtp_port, queue, len(users))
        for thread in threads:
            await asyncio.to_thread(thread.join)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
    sys.stdout.flush()
    os._exit(0)
