"""Whatever happens to the mails of an outbox, those of one ticket to one recipient leave in their order, each once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from router.store.database import Store
from router.store.outbox import PENDING, Outgoing, Result
from tests.store.build import ANI, NOW, UNIT, new_ticket, send

TICKETS = ("HERO-2026-000001", "HERO-2026-000002")
PEOPLE = (ANI.address, UNIT)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("make"), st.sampled_from(TICKETS), st.sampled_from(PEOPLE), st.sampled_from([0, 0, 30])),
        st.tuples(st.just("claim"), st.integers(1, 5), st.sampled_from(["a", "b"])),
        st.tuples(st.just("settle"), st.sampled_from(["sent", "sent", "failed", "dead"])),
        st.tuples(st.just("give back")),
        st.tuples(st.just("die"), st.sampled_from(["a", "b"])),
        st.tuples(st.just("wait"), st.sampled_from([1, 20, 61])),
        st.tuples(st.just("hold"), st.integers(1, 12)),
        st.tuples(st.just("let go"), st.integers(1, 12)),
    ),
    min_size=5,
    max_size=40,
)


class World:
    """A store, the time, and the mails that owners have in hand."""

    def __init__(self, path: Path) -> None:
        self.store = Store(f"sqlite:///{path}")
        self.now = NOW
        self.hand: list[Outgoing] = []
        self.made = 0
        self.store.commit("hero", 7, [new_ticket(n, number) for n, number in enumerate(TICKETS, 1)], NOW)

    def rows(self) -> list[dict[str, object]]:
        """All mails, oldest first."""
        return list(self.store.outbox_list(("waiting", "held", "failed", "sent", "dead", "dropped")))

    def make(self, number: str, recipient: str, undo: int) -> None:
        """A new mail, that may wait for its undo time."""
        self.made += 1
        later = self.now + timedelta(seconds=undo) if undo else None
        self.store.record(
            [send("relay", number, recipient, message_id=f"r{self.made}@desk", not_before=later)], self.now
        )

    def claim(self, limit: int, owner: str) -> None:
        """Claims, and looks at once whether each claimed mail is the oldest of its kind."""
        claimed = self.store.claim(owner, limit, self.now, 60)
        before = self.rows()
        for mail in claimed:
            older = [
                r
                for r in before
                if r["ticket"] == mail.ticket and r["to"] == [mail.recipient] and int(str(r["id"])) < mail.id
            ]
            assert not [r for r in older if r["state"] in PENDING], "an older mail to the same recipient still waits"
        taken = {m.id for m in claimed}
        self.hand = [m for m in self.hand if m.id not in taken] + claimed  # whose lease ended lost it

    def settle(self, state: str) -> None:
        """One mail in hand is answered."""
        if self.hand:
            mail = self.hand.pop(0)
            self.store.settle([Result(mail.id, state, 250, "said", self.now + timedelta(seconds=20), self.now)])  # type: ignore[arg-type]

    def step(self, name: str, *given: object) -> None:
        """One thing happens."""
        match name:
            case "give back":
                self.store.give_back([m.id for m in self.hand], self.now)
                self.hand = []
            case "die":
                self.store.release(str(given[0]), self.now)
                self.hand = []
            case "wait":
                self.now += timedelta(seconds=int(str(given[0])))
            case "hold":
                self.store.hold(int(str(given[0])), "x", "admin", self.now)
            case "let go":
                self.store.let_go(int(str(given[0])), "admin", self.now)
            case _:
                getattr(self, name)(*given)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_mail_leaves_in_order_whatever_happens(template: Path, steps: list[tuple[str, ...]]) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "hero.db"
        path.write_bytes(template.read_bytes())
        world = World(path)
        for name, *given in steps:
            world.step(name, *given)
        for row in world.rows():  # let everything leave in the end: nothing is stuck
            world.store.let_go(int(str(row["id"])), "admin", world.now)
        world.now += timedelta(hours=1)
        while mails := world.store.claim("end", 50, world.now, 60):
            world.store.settle([Result(m.id, "sent", 250, "ok", None, world.now) for m in mails])
        assert {row["state"] for row in world.rows()} <= {"sent", "dead"}
        assert world.store.verify_chain() == []
        world.store.close()
