from __future__ import annotations

from datetime import timedelta

from router.desk.actions import ChangeTicket
from router.store.database import Store
from tests.store.build import NOW, change, ignored, new_ticket, raw_mail, reply


def corrected(number: str, version: int, reason: str, **changes: str) -> ChangeTicket:
    return ChangeTicket(number, version, tuple(changes.items()), reason, "agent@desk.example")


def test_decided_mail_comes_back_with_its_bytes_and_its_decision(store: Store) -> None:
    day = timedelta(days=1)
    assert store.commit("hero", 7, [new_ticket(1, "HERO-1"), ignored(2)], NOW) == []
    assert store.commit("hero", 7, [new_ticket(3, "HERO-2"), reply(4, "HERO-1", 1)], NOW + day) == []
    ids = store.recorded_ids(NOW)
    first, second = store.recorded(ids)
    assert (first.raw, first.ticket, first.mailbox, first.at) == (raw_mail(1), "HERO-1", "hero", NOW)
    assert first.decision is not None
    assert (first.decision["service"], first.decision["reasons"][0]["words"]) == ("A.14", ["rusak"])
    assert (second.raw, second.ticket) == (raw_mail(3), "HERO-2")
    assert store.recorded_ids(NOW + day) == ids[1:]
    assert list(store.recorded([])) == []


def test_what_people_corrected_counts_and_their_last_word_wins(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(n, f"HERO-{n}") for n in (1, 2, 3, 4)], NOW)
    steps = [
        reply(11, "HERO-1", 1, corrected("HERO-1", 1, "alih", service="A.03", type="kendala")),
        reply(12, "HERO-2", 1, corrected("HERO-2", 1, "jenis", type="permohonan")),
        reply(13, "HERO-3", 1, change("HERO-3", 1, status="in_progress")),
        reply(14, "HERO-4", 1, corrected("HERO-4", 1, "alih", unit="biro-osdm")),
    ]
    later = NOW + timedelta(days=1)
    assert store.commit("hero", 7, steps, later) == []
    again = corrected("HERO-1", 2, "alih, jenis", service="A.05", type="pertanyaan")
    assert store.commit("hero", 7, [reply(15, "HERO-1", 2, again)], later) == []
    found = store.corrections(NOW)
    assert {n: (c.service, c.type) for n, c in found.items()} == {
        "HERO-1": ("A.05", "pertanyaan"),
        "HERO-2": (None, "permohonan"),
    }
    assert store.corrections(later + timedelta(seconds=1)) == {}
