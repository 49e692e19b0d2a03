from __future__ import annotations

import pytest

from router.store.commit import Conflict
from router.store.database import Store
from tests.store.build import NOW, ignored, new_ticket, quarantined, raw_mail

ONE = "HERO-2026-000001"


@pytest.fixture
def aside(store: Store) -> Store:
    """A store with mail 1 in quarantine."""
    store.commit("hero", 7, [quarantined(1)], NOW)
    return store


def test_a_quarantined_message_is_listed_with_its_place_and_reason(aside: Store) -> None:
    (row,) = aside.quarantine_list()
    assert row == {
        "id": 1, "mailbox": "hero", "uidvalidity": 7, "uid": 1, "stage": "plan", "reason": "boom",
        "at": "2026-03-03T10:00:00.000000+00:00", "message_id": "m1@customer.example", "size": len(raw_mail(1)),
        "resolved_at": None, "resolution": None,
    }  # fmt: skip
    assert aside.quarantine_show(1) == row
    assert aside.quarantine_show(2) is None


def test_its_bytes_are_there_to_be_planned_again(aside: Store) -> None:
    found = aside.quarantine_retry(1)
    assert found is not None
    assert (found.mailbox, found.uidvalidity, found.uid, found.raw) == ("hero", 7, 1, raw_mail(1))


def test_a_resolved_one_is_a_ticket_and_off_the_list(aside: Store) -> None:
    assert aside.resolve_quarantine(1, new_ticket(1, ONE), NOW) is None
    assert list(aside.quarantine_list()) == []
    assert [q["resolution"] for q in aside.quarantine_list(resolved=True)] == [f"ticket {ONE}"]
    outcome = aside.outcome("hero", 7, 1)
    assert outcome is not None
    assert outcome["outcome"] == "ticket"
    assert aside.quarantine_retry(1) is None
    with pytest.raises(LookupError):
        aside.resolve_quarantine(1, new_ticket(1, ONE), NOW)


def test_quarantined_again_it_stays_with_the_new_reason(aside: Store) -> None:
    assert aside.resolve_quarantine(1, quarantined(1, "parse"), NOW) is None
    (row,) = aside.quarantine_list()
    assert row["stage"] == "parse"


def test_a_refused_retry_leaves_it_as_it_was(aside: Store) -> None:
    aside.commit("hero", 7, [new_ticket(2, ONE, 1)], NOW)
    refused = aside.resolve_quarantine(1, new_ticket(1, "HERO-2026-000002"), NOW)
    assert isinstance(refused, Conflict)
    assert [q["id"] for q in aside.quarantine_list()] == [1]
    assert aside.unaccounted("hero", 7, [1, 2]) == []
    assert aside.resolve_quarantine(1, ignored(1, "duplicate", duplicate_of=1), NOW) is None


def test_read_again_at_another_uid_it_waits_there_once(aside: Store) -> None:
    aside.commit("hero", 8, [quarantined(5, n=1)], NOW)
    assert len(list(aside.quarantine_list())) == 1
    assert aside.unaccounted("hero", 8, [5]) == []


def test_quarantined_bytes_are_not_a_known_message(aside: Store) -> None:
    assert aside.commit("ska", 1, [new_ticket(1, ONE)], NOW) == []
