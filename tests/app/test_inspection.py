"""What `inspect` says of a message: every key always there, valid text, and the daemon's own plan."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from router.app.inspection import inspection
from router.app.output import json_line
from router.desk.policy import Policy
from tests.app.made import mail
from tests.desk.made import NOW, NUMBER, policy

MESSAGE = {
    "message_id", "subject", "from", "to", "cc", "date", "in_reply_to", "references", "text", "new_text", "attachments",
    "defects",
}  # fmt: skip
DECISION = {
    "service", "type", "stated_type", "audience", "eligible", "letter", "priority", "unit", "confidence", "score",
    "alternatives", "reasons", "rules_version",
}  # fmt: skip


def inspected(raw: bytes, with_policy: Policy | None = None) -> dict[str, Any]:
    """As a program reads it: through JSON."""
    return dict(json.loads(json_line(inspection(raw, "hero", with_policy or policy(), NOW))))


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\xff" * 100, b"From: x\r\n", mail(1), b"Subject: =?utf-8?q?=ED=A0=80?=\r\n\r\n\xed\xa0\x80\x00"],
    ids=["nothing", "noise", "no address", "a mail", "surrogates"],
)
def test_every_key_is_there_and_text_is_valid(raw: bytes) -> None:
    found = inspected(raw)
    assert set(found) == {"message", "screen", "ticket", "decision", "plan"}
    assert set(found["message"]) >= MESSAGE
    assert set(found["screen"]) == {"verdict", "reason", "failed_recipients"}
    assert found["plan"]
    text = json.dumps(found, ensure_ascii=False)
    text.encode("utf-8")
    assert "\\u0000" not in text


def test_a_new_message_has_a_decision_with_its_reasons() -> None:
    found = inspected(mail(1))
    assert set(found["decision"]) >= DECISION
    assert found["decision"]["service"] == "A.14"
    assert set(found["decision"]["reasons"][0]) == {"rule", "file", "line", "words", "where", "weight"}
    assert all(set(one) == {"service", "score"} for one in found["decision"]["alternatives"])
    assert [step["kind"] for step in found["plan"]] == ["open_ticket", "acknowledge", "forward"]


def test_a_message_about_a_ticket_is_left_to_the_database() -> None:
    found = inspected(mail(1).replace(b"e-SKA error", f"Re: [{NUMBER}] e-SKA".encode()))
    assert (found["ticket"], found["decision"]) == (NUMBER, None)
    assert [step["kind"] for step in found["plan"]] == ["add_to_ticket"]


def test_what_breaks_a_stage_is_quarantined_as_the_daemon_would() -> None:
    broken = replace(policy(), desks=())  # a fault of ours
    (step,) = inspected(mail(1), broken)["plan"]
    assert (step["kind"], step["stage"]) == ("quarantine", "plan")
