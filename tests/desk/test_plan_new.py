"""A message that names no ticket."""

from __future__ import annotations

from dataclasses import replace

from router.desk.actions import Ignore, Note, OpenTicket, Quarantine
from router.desk.facts import Known
from router.mail.msgid import ticket_of
from tests.desk.made import HERO, NEXT, NUMBER, mail, of_kind, planned, policy, ticket

NEW = (
    f"From: Budi <budi@luar.example>\nTo: {HERO}\nSubject: e-SKA error\nMessage-ID: <a@luar.example>\n\n"
    "Sistem e-SKA tidak bisa dibuka, halaman putih.\n"
)


def test_a_new_message_opens_a_ticket_answers_and_forwards() -> None:
    made = planned(mail(NEW))
    assert [action.kind for action in made.actions] == ["open_ticket", "acknowledge", "forward"]
    assert made.outcome == "ticket"
    assert made.ticket == NEXT
    (opened,) = of_kind(made, OpenTicket)
    assert opened.decision.service == "A.14"
    assert opened.status == "forwarded"


def test_the_acknowledgement_is_automatic_mail_and_its_id_names_the_ticket() -> None:
    (answer,) = of_kind(planned(mail(NEW)), "acknowledgement")
    assert answer.envelope_sender == ""
    assert answer.recipients == ("budi@luar.example",)
    assert b"Auto-Submitted: auto-replied\r\n" in answer.content
    assert b"In-Reply-To: <a@luar.example>\r\n" in answer.content
    assert ticket_of(answer.message_id, policy().secret) == NEXT
    assert answer.subject == f"[{NEXT}] e-SKA error"


def test_planning_again_writes_the_same_bytes() -> None:
    first, second = planned(mail(NEW)), planned(mail(NEW))
    assert [send.content for send in of_kind(first, "forward")] == [send.content for send in of_kind(second, "forward")]


def test_a_known_message_is_a_duplicate() -> None:
    made = planned(mail(NEW), known=Known(7, "ska", NUMBER))
    assert made.outcome == "duplicate"
    assert made.duplicate_of == 7
    assert [type(action) for action in made.actions] == [Ignore]


def test_machines_get_a_ticket_but_no_answer() -> None:
    made = planned(mail(NEW.replace("budi@luar.example>\nTo", "no-reply@luar.example>\nTo")))
    assert of_kind(made, "acknowledgement") == []
    assert [note.event for note in of_kind(made, Note)] == ["not_acknowledged"]
    assert len(of_kind(made, "forward")) == 1


def test_beyond_the_budget_the_answer_is_held_not_dropped() -> None:
    (answer,) = of_kind(planned(mail(NEW), answers_last_hour=10), "acknowledgement")
    assert answer.held
    assert "10" in answer.held


def test_an_automatic_reply_is_recorded_and_nothing_follows() -> None:
    made = planned(mail(NEW.replace("Message-ID", "Auto-Submitted: auto-replied\nMessage-ID")))
    assert made.outcome == "screened"
    assert [action.kind for action in made.actions] == ["ignore"]


def test_what_nobody_can_answer_is_set_aside() -> None:
    made = planned(mail("Subject: x\n\nhalo\n"))
    assert made.outcome == "quarantined"
    assert [type(action) for action in made.actions] == [Quarantine]


def test_our_own_mail_is_a_loop() -> None:
    assert planned(mail(NEW.replace("budi@luar.example>\nTo", f"{HERO}>\nTo"))).verdict.name == "loop"


def test_participants_are_those_beside_us_and_our_units() -> None:
    copied = NEW.replace(
        "Subject", "Cc: tini@luar.example, ska@kemendag.go.id, aplikasi.pdsi@kemendag.go.id\nSubject", 1
    )
    (opened,) = of_kind(planned(mail(copied)), OpenTicket)
    assert [one.address for one in opened.participants] == ["budi@luar.example", "tini@luar.example"]


def test_an_unproven_internal_sender_is_flagged_to_the_unit() -> None:
    (card,) = of_kind(planned(mail(NEW.replace("budi@luar.example>\nTo", "budi@kemendag.go.id>\nTo"))), "forward")
    assert "tidak terbukti" in card.text


def test_triage_gets_what_nothing_points_to_and_the_answer_claims_no_service() -> None:
    vague = NEW.replace("e-SKA error", "halo").replace("Sistem e-SKA tidak bisa dibuka, halaman putih.", "Apa kabar?")
    made = planned(mail(vague))
    (opened,) = of_kind(made, OpenTicket)
    assert opened.status == "triage"
    (answer,) = of_kind(made, "acknowledgement")
    assert answer.template == "acknowledgement.unsure"


def test_a_bounce_of_our_mail_is_noted_and_told_to_the_unit() -> None:
    bounce = mail(
        "From: MAILER-DAEMON@mx.luar.example\nTo: hero@kemendag.go.id\nSubject: Undelivered Mail Returned to Sender\n"
        "Return-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nThe mail could not be delivered.\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.luar.example\n\n"
        "Final-Recipient: rfc822; budi@luar.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    made = planned(bounce, bounced=ticket())
    assert made.outcome == "screened"
    assert [note.event for note in of_kind(made, Note)] == ["bounce"]
    (notice,) = of_kind(made, "notice")
    assert notice.recipients == ("aplikasi.pdsi@kemendag.go.id",)


def test_a_message_too_large_to_read_is_a_ticket_and_its_sender_is_told() -> None:
    from router.desk.facts import Facts
    from router.desk.plan import plan, screen_message
    from tests.desk.made import NOW

    message = mail(NEW)
    made = plan(message, screen_message(message, policy()), "hero", Facts(NEXT), policy(), NOW, oversize=99 * 2**20)
    assert made.outcome == "too_large"
    (notice,) = of_kind(made, "notice")
    assert "99" in notice.text
    assert of_kind(made, "acknowledgement") == []


def test_attachments_beyond_the_limit_are_named_not_sent() -> None:
    body = (
        f"From: Budi <budi@luar.example>\nTo: {HERO}\nSubject: e-SKA error\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\ne-SKA tidak bisa dibuka\n--b\nContent-Type: application/pdf; name=surat.pdf\nContent-Disposition: attachment\n\n"
        + "x" * 3000 + "\n--b--\n"
    )  # fmt: skip
    (card,) = of_kind(planned(mail(body), with_policy=replace(policy(), forward_bytes=1000)), "forward")
    assert b"x" * 100 not in card.content
    assert b"surat.pdf" in card.content
