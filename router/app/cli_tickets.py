"""`hero-router tickets`: reading tickets."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from router.app.output import Exit, emit, say, table
from router.app.session import Config, Json, Limit, each_of, settings_of, stop, store_at, store_of
from router.desk.ticket import STATUSES

app = typer.Typer(help="Read tickets.", no_args_is_help=True)

_COLUMNS = ("number", "opened_at", "status", "service", "type", "unit", "assignee", "customer", "subject")
Number = Annotated[str, typer.Argument(help="Such as HERO-2026-000123.", metavar="NUMBER")]


def _day(text: str | None, name: str, zone: tzinfo) -> datetime | None:
    """A date begins where we are."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stop(f'{name} "{text}" is no date; write 2026-11-24 or 2026-11-24T08:00+07:00', Exit.USAGE)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@app.command("list")
def list_(
    status: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(STATUSES)}; repeatable.", callback=each_of(STATUSES))
    ] = None,
    service: Annotated[str | None, typer.Option(help="A service's code.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="pertanyaan, permohonan, kendala.")] = None,
    unit: Annotated[str | None, typer.Option(help="A unit's key.")] = None,
    customer: Annotated[str | None, typer.Option(help="An address, or a part of a name.")] = None,
    since: Annotated[str | None, typer.Option(help="Opened at or after this date.")] = None,
    until: Annotated[str | None, typer.Option(help="Opened before this date.")] = None,
    limit: Limit = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Tickets, newest first."""
    from router.store.query import TicketFilter

    settings = settings_of(config)
    zone = settings.service.zone
    wanted = TicketFilter(
        status=tuple(status or ()), service=service, type=type_, unit=unit, customer=customer,
        opened_from=_day(since, "--since", zone), opened_before=_day(until, "--until", zone), limit=limit,
    )  # fmt: skip
    with store_at(settings) as store:
        emit(store.tickets(wanted), as_json, _COLUMNS)


@app.command()
def show(number: Number, config: Config = None, as_json: Json = False) -> None:
    """One ticket with its conversation and the decision behind it."""
    with store_of(config) as store:
        found = store.ticket_show(number.upper())
    if found is None:
        stop(f"{number}: there is no such ticket", Exit.USAGE)
    if as_json:
        emit([found], as_json=True)
    else:
        _print(found)


@app.command()
def history(number: Number, config: Config = None, as_json: Json = False) -> None:
    """All events of a ticket, oldest first, each with its digest."""
    with store_of(config) as store:
        if store.ticket(number.upper()) is None:
            stop(f"{number}: there is no such ticket", Exit.USAGE)
        emit(store.history(number.upper()), as_json, ("at", "kind", "actor", "data"))


def _print(ticket: dict[str, Any]) -> None:
    table(
        ("", ""),
        [(name, value) for name, value in ticket.items() if name not in ("messages", "decision", "participants")],
    )
    decision = ticket["decision"]
    if decision:
        say(f"decision: {decision['service']} {decision['type']} ({decision['confidence']}, {decision['score']:.2f})")
        columns = ("rule", "words", "where", "weight", "file", "line")
        table(columns, [[reason[name] for name in columns] for reason in decision["reasons"]])
    for message in ticket["messages"]:
        arrow = "→" if message["direction"] == "out" else "←"
        say(f"\n{arrow} {message['date']} {message['kind'] or ''} {message['subject'] or ''}", style="bold")
        say(message["text"] or "")
