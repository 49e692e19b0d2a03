from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from router.store.database import Store
from router.store.outbox import Outgoing, Result
from tests.store.build import ANI, NOW, UNIT, new_ticket, opened, plan, reply, send

ONE, TWO = "HERO-2026-000001", "HERO-2026-000002"
MINUTE = timedelta(minutes=1)


def kinds(claimed: list[Outgoing]) -> list[tuple[str | None, str]]:
    return [(mail.ticket, mail.kind) for mail in claimed]


def claim(store: Store, now: datetime = NOW, limit: int = 50) -> list[Outgoing]:
    return store.claim("me", limit, now, 60)


def sent(mail: Outgoing, at: datetime = NOW) -> Result:
    return Result(mail.id, "sent", 250, "ok", None, at)


def failed(mail: Outgoing, again: datetime) -> Result:
    return Result(mail.id, "failed", 451, "try later", again, NOW)


def states(store: Store) -> dict[int, str]:
    return {
        row["id"]: row["state"] for row in store.outbox_list(("waiting", "held", "failed", "sent", "dead", "dropped"))
    }


def test_a_claimed_mail_carries_its_finished_bytes(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    mail = claim(store)[0]
    made = send("acknowledgement", ONE)
    assert (mail.recipient, mail.envelope_sender, mail.content, mail.message_id, mail.attempts, mail.created_at) == (
        ANI.address, "", made.content, made.message_id, 0, NOW,
    )  # fmt: skip


def test_a_claimed_mail_is_nobody_elses_until_the_lease_ends(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    first = store.claim("me", 50, NOW, 60)
    assert store.claim("you", 50, NOW + timedelta(seconds=59), 60) == []
    again = store.claim("you", 50, NOW + timedelta(seconds=60), 60)
    assert [m.id for m in again] == [m.id for m in first]


def test_what_a_dead_process_held_is_freed_at_once(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    store.claim("dead", 50, NOW, 600)
    assert store.release("other", NOW) == 0
    assert store.release("dead", NOW) == 2
    assert len(claim(store)) == 2


def test_mail_given_back_untried_is_due_at_once(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    mails = claim(store)
    store.give_back([mails[0].id], NOW)
    assert [(m.id, m.attempts) for m in claim(store)] == [(mails[0].id, 0)]


def test_mail_to_one_recipient_about_one_ticket_leaves_in_order(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE), new_ticket(2, TWO)], NOW)
    store.commit("hero", 7, [reply(3, ONE, 1, send("notice", ONE))], NOW)
    first = claim(store)
    assert kinds(first) == [(ONE, "acknowledgement"), (ONE, "forward"), (TWO, "acknowledgement"), (TWO, "forward")]
    assert claim(store) == []
    store.settle([sent(first[0])])
    assert kinds(claim(store)) == [(ONE, "notice")]


def test_a_failing_recipient_delays_nobody_else(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    ack, forward = claim(store)
    store.settle([failed(ack, NOW + 5 * MINUTE), sent(forward)])
    later = reply(2, ONE, 1, send("notice", ONE), send("relay", ONE, UNIT))
    store.commit("hero", 7, [later], NOW)
    (relay,) = claim(store, NOW + MINUTE)
    assert relay.kind == "relay"
    store.settle([sent(relay)])
    assert store.next_due() == NOW + 5 * MINUTE
    again = claim(store, NOW + 5 * MINUTE)
    assert [(m.kind, m.attempts) for m in again] == [("acknowledgement", 1)]
    store.settle([sent(again[0])])
    assert kinds(claim(store, NOW + 5 * MINUTE)) == [(ONE, "notice")]


def test_a_dead_mail_unblocks_the_next_and_is_an_event(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    store.commit("hero", 7, [reply(2, ONE, 1, send("notice", ONE))], NOW)
    ack, _forward = claim(store)
    store.settle([Result(ack.id, "dead", 550, "no such user", None, NOW)])
    assert kinds(claim(store)) == [(ONE, "notice")]
    last = store.history(ONE)[-1]
    assert last["kind"] == "dead"
    assert last["data"] == {
        "outbox": ack.id, "message": 2, "mail": "acknowledgement", "to": ANI.address, "code": 550, "said": "no such user",
    }  # fmt: skip
    assert store.counts() == {"waiting": 2, "held": 0, "failed": 0, "dead": 1}


def test_a_relay_waits_for_its_undo_time(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    for mail in claim(store):
        store.settle([sent(mail)])
    store.commit("hero", 7, [reply(2, ONE, 1, send("relay", ONE, not_before=NOW + MINUTE))], NOW)
    assert claim(store) == []
    assert store.next_due() == NOW + MINUTE
    assert kinds(claim(store, NOW + MINUTE)) == [(ONE, "relay")]


def test_a_held_mail_waits_for_a_person_and_blocks_nothing(store: Store) -> None:
    held = new_ticket(1, ONE)
    store.commit(
        "hero", 7, [held, reply(2, ONE, 1, send("relay", ONE, held="an internal address"), send("notice", ONE))], NOW
    )
    (row,) = store.outbox_list(("held",))
    assert (row["held"], row["next_attempt_at"]) == ("an internal address", None)
    store.settle([sent(m) for m in claim(store)])
    (notice,) = claim(store)
    assert notice.kind == "notice"
    store.settle([sent(notice)])
    assert store.let_go(row["id"], "admin", NOW)
    assert not store.let_go(row["id"], "admin", NOW)
    assert kinds(claim(store)) == [(ONE, "relay")]
    assert [(e["kind"], e["actor"]) for e in store.history(ONE)][-1] == ("let_go", "admin")


def test_a_waiting_mail_can_be_held_and_dropped(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    assert store.hold(1, "wait", "admin", NOW)
    assert kinds(claim(store)) == [(ONE, "forward")]
    assert store.drop(1, "admin", NOW)
    assert not store.drop(1, "admin", NOW)
    assert not store.retry(1, "admin", NOW)
    assert store.counts() == {"waiting": 1, "held": 0, "failed": 0, "dead": 0}
    assert [row["id"] for row in store.outbox_list()] == [2]


def test_a_mail_dropped_on_its_way_stays_dropped_unless_it_left(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    ack, forward = claim(store)
    store.drop(ack.id, "admin", NOW)
    store.drop(forward.id, "admin", NOW)
    store.settle([failed(ack, NOW), sent(forward)])
    assert states(store) == {1: "dropped", 2: "sent"}


def test_a_dead_mail_can_be_tried_again(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    ack, _forward = claim(store)
    store.settle([Result(ack.id, "dead", 550, "full", None, NOW)])
    assert store.retry(ack.id, "admin", NOW + MINUTE)
    assert next((m.id, m.attempts) for m in claim(store, NOW + MINUTE)) == (ack.id, 1)


def test_a_sent_mail_never_changes_again(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    ack = claim(store)[0]
    store.settle([sent(ack)])
    store.settle([failed(ack, NOW), sent(ack, NOW + MINUTE)])
    (row,) = store.outbox_list(("sent",))
    assert (row["attempts"], row["sent_at"]) == (1, "2026-03-03T10:00:00.000000+00:00")
    assert not store.retry(ack.id, "admin", NOW)
    assert not store.hold(ack.id, "no", "admin", NOW)


def test_under_the_brake_only_what_people_wrote_leaves(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    store.set_brake(True, "admin", NOW)
    assert kinds(claim(store)) == [(ONE, "forward")]
    assert store.next_due() == NOW + MINUTE  # the forward's lease; not the acknowledgement, which stays
    store.set_brake(False, "admin", NOW)
    assert kinds(claim(store)) == [(ONE, "acknowledgement")]


def test_the_brake_does_not_keep_an_answer_behind_an_acknowledgement(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    store.commit("hero", 7, [reply(2, ONE, 1, send("relay", ONE))], NOW)
    store.set_brake(True, "admin", NOW)
    assert kinds(claim(store)) == [(ONE, "forward"), (ONE, "relay")]


def test_a_caller_can_leave_automatic_mail_out(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW)
    assert kinds(store.claim("me", 50, NOW, 60, automatic=False)) == [(ONE, "forward")]


def test_the_longest_due_leave_first(store: Store) -> None:
    store.commit("hero", 7, [new_ticket(1, ONE)], NOW + MINUTE)
    store.commit("hero", 7, [new_ticket(2, TWO)], NOW)
    assert [m.ticket for m in claim(store, NOW + MINUTE, limit=2)] == [TWO, TWO]
    assert [m.ticket for m in claim(store, NOW + MINUTE, limit=2)] == [ONE, ONE]


@pytest.mark.parametrize("said", ["sent", "failed", "dead"])
def test_mail_without_a_ticket_settles_too(store: Store, said: str) -> None:
    store.record([send("notice", None, "ops@desk.example")], NOW)
    (mail,) = claim(store)
    store.settle([Result(mail.id, said, None, "no answer", NOW, NOW)])  # type: ignore[arg-type]
    assert states(store) == {1: said}
    assert [row["last_error"] for row in store.outbox_list((said,))] == [None if said == "sent" else "no answer"]


def test_each_recipient_is_a_row_of_its_own(store: Store) -> None:
    entry = new_ticket(1, ONE)
    actions = (opened(ONE), send("forward", ONE, UNIT, "two@desk.example"))
    store.commit("hero", 7, [type(entry)(1, entry.raw, entry.message, plan("ticket", ONE, *actions), 9)], NOW)
    mails = claim(store)
    assert [m.recipient for m in mails] == [UNIT, "two@desk.example"]
    assert len({m.message_id for m in mails}) == 1
    store.settle([sent(mails[0]), failed(mails[1], NOW + MINUTE)])
    assert states(store) == {1: "sent", 2: "failed"}


def steered(store: Store, verb: str, uid: int) -> list[str]:
    """What a commit of #kirim or #batal answers: the reasons of refusals."""
    from router.desk.actions import Steer

    made = plan("reply", ONE, Steer(ONE, verb, "agent@desk.example"))  # type: ignore[arg-type]
    entry = replace(reply(uid, ONE, 1), plan=made)
    return [refused.reason for refused in store.commit("hero", 7, [entry], NOW)]


def test_an_agent_lets_a_held_relay_go(store: Store) -> None:
    store.record([opened(ONE), send("relay", ONE, held="a find")], NOW)
    assert steered(store, "send", 2) == []
    assert kinds(claim(store)) == [(ONE, "relay")]
    assert "let_go" in [event["kind"] for event in store.history(ONE)]
    assert store.verify_chain() == []


def test_an_agent_cancels_the_newest_relay_that_did_not_leave(store: Store) -> None:
    store.record(
        [opened(ONE), send("relay", ONE), send("relay", ONE, not_before=NOW + MINUTE, message_id="2@d.example")], NOW
    )
    assert steered(store, "cancel", 2) == []
    assert list(states(store).values()) == ["waiting", "dropped"]


def test_a_relay_that_is_on_its_way_is_not_cancelled(store: Store) -> None:
    store.record([opened(ONE), send("relay", ONE)], NOW)
    view = store.ticket(ONE)
    assert view
    assert view.relay == "waiting"
    claim(store)
    assert "has left meanwhile" in steered(store, "cancel", 2)[0]
    view = store.ticket(ONE)
    assert view
    assert view.relay is None
