"""Who may do what on which ticket."""

from __future__ import annotations

import pytest

from router.desk.people import is_staff, who_wrote
from tests.desk.made import AGENT, BELIEVED, CUSTOMER, HERO, mail, policy, ticket

TRIAGE = {"unit": "triage", "units": ("triage",), "status": "triage"}


@pytest.mark.parametrize(
    ("sender", "changes", "role"),
    [
        (CUSTOMER, {}, "customer"),
        (CUSTOMER.upper(), {}, "customer"),
        (AGENT, {}, "agent"),
        ("siapa.saja@aplikasi.pdsi.kemendag.go.id", {}, "agent"),  # by pattern
        ("aplikasi.pdsi@kemendag.go.id", {}, "agent"),  # the unit's own mailbox
        ("data1.pdsi@kemendag.go.id", {}, "third_party"),  # another unit's agent
        ("data1.pdsi@kemendag.go.id", {"units": ("pdsi-data", "pdsi-aplikasi")}, "agent"),  # it was with that unit
        ("data1.pdsi@kemendag.go.id", TRIAGE, "agent"),  # in triage any unit may
        ("ketua.data.pdsi@kemendag.go.id", {}, "supervisor"),
        ("asing@luar.example", {}, "third_party"),
        (HERO, {}, "own"),
    ],
)
def test_the_role_towards_a_ticket(sender: str, changes: dict[str, object], role: str) -> None:
    message = mail(f"{BELIEVED}From: N <{sender}>\nTo: {HERO}\nSubject: x\n\nx\n")
    assert who_wrote(message, ticket(**changes), policy()).role == role


def test_only_our_own_host_makes_a_sender_believed() -> None:
    for header, believed in ((BELIEVED, True), ("", False), (BELIEVED.replace("mx.kemendag", "mx.jahat"), False)):
        message = mail(f"{header}From: N <{AGENT}>\nTo: {HERO}\nSubject: x\n\nx\n")
        assert who_wrote(message, ticket(), policy()).believed is believed


def test_staff_is_known_by_name_and_pattern() -> None:
    assert is_staff(AGENT.upper(), policy())
    assert is_staff("x@data.pdsi.kemendag.go.id", policy())
    assert not is_staff(CUSTOMER, policy())
