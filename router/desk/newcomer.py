"""A message that names no ticket: a new one is opened, acknowledged and forwarded (conversation.md, section 2)."""

from __future__ import annotations

from router.desk import gate
from router.desk.actions import Action, Note, OpenTicket, Outcome, Plan
from router.desk.card import choices, links
from router.desk.case import Case
from router.desk.contexts import Acknowledgement, Context, CustomerNotice, Forward
from router.desk.letter import acknowledgement, variants
from router.desk.people import audience_of, is_believed, is_staff
from router.desk.write import Mailing, written
from router.mail.message import Address
from router.rulebook.decide import decide
from router.rulebook.decision import Circumstances, Decision
from router.rulebook.desk_tables import reply

SUMMARY_CHARS = 280
PARTICIPANTS = 50  # of a ticket at most
TEXT_CHARS = 200_000  # of a customer's text in a forward; the rest is in the store and in the attachments


def plan(case: Case, linked_to: str | None = None) -> Plan:
    """A new ticket. `linked_to`: the number of an old ticket that this message refers to, if it can't go on in that."""
    message = case.message
    author = message.from_ or Address("", "")
    believed, _ = is_believed(message, case.policy)
    circumstances = Circumstances(case.desk.name, audience_of(author, case.policy.internal_domains), believed, case.now)
    decision = decide(message, circumstances, case.policy.book)
    number = case.facts.next_number
    opened = OpenTicket(
        number=number,
        subject=(message.subject or "")[:500],
        customer=author,
        participants=participants(case, author),
        language=decision.language,
        status="triage" if decision.unit == "triage" else "forwarded",
        decision=decision,
        summary=summary(message.new_text or message.text),
    )
    actions: tuple[Action, ...] = (opened,)
    if linked_to:
        actions += (Note(number, "linked", "router", (("ticket", linked_to),)),)
    if case.oversize:
        actions += (Note(number, "too_large", "router", (("bytes", case.oversize),)),)
    refusal = gate.why_not_answer(message, author, case.policy) or (None if decision.acknowledge else "a rule says so")
    if refusal:
        actions += (Note(number, "not_acknowledged", "router", (("reason", refusal),)),)
    answer = None if refusal else _answer(case, decision, number)
    actions += written(case, [answer, _forward(case, decision, number, believed)])
    outcome: Outcome = "too_large" if case.oversize else "ticket"
    return Plan(case.verdict, outcome, _reason(decision), number, actions, decision=decision)


def participants(case: Case, author: Address) -> tuple[Address, ...]:
    """The author and whom they had in To and Cc, without our own addresses, the units' and their agents'."""
    return tuple({address.key: address for address in (author, *beside_us(case))}.values())[:PARTICIPANTS]


def beside_us(case: Case) -> tuple[Address, ...]:
    """Whom a message has in To and Cc that are neither we nor the units."""
    own = case.policy.own
    return tuple(one for one in case.message.recipients if one.key not in own and not is_staff(one.key, case.policy))


def summary(text: str) -> str:
    """The beginning of the customer's own words on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY_CHARS else line[: SUMMARY_CHARS - 1].rstrip() + "…"


def _reason(decision: Decision) -> str:
    if decision.service is None:
        return "nothing points to a service; a person in triage decides"
    return f"{decision.service} {decision.type}, {decision.confidence} ({decision.score:.2f})"


def _answer(case: Case, decision: Decision, number: str) -> Mailing:
    """The acknowledgement; for a message that was too large to be read, a notice that says so."""
    customer = case.message.from_ or Address("", "")
    references = tuple(filter(None, (*case.message.references, case.message.message_id)))
    held = gate.held_by_budget(case.facts, case.policy)
    if case.oversize:
        limit = case.policy.message_bytes
        context: Context = CustomerNotice(
            house=case.house,
            number=number,
            subject=case.message.subject or "",
            customer=customer,
            size_mb=round(case.oversize / 2**20),
            limit_mb=round(limit / 2**20),
        )
        name, kind = "notice.customer.too-large", "notice"
    else:
        context = _acknowledgement(case, decision, number, customer)
        asked_for = decision.reject or decision.template or reply(case.policy.book, "acknowledgement", decision)
        name, kind = asked_for or acknowledgement(decision), "acknowledgement"
    return Mailing(
        kind=kind,  # type: ignore[arg-type]
        template=name,
        variants=variants(decision.service, decision.type) if decision.confidence == "sure" else (),
        context=context,
        to=(customer,),
        audience="customer",
        language=decision.language,
        references=references,
        automatic=True,
        held=held,
    )


def _acknowledgement(case: Case, decision: Decision, number: str, customer: Address) -> Acknowledgement:
    sure = decision.confidence == "sure" and decision.service is not None
    services = case.policy.book.services
    subject = case.message.subject or ""
    return Acknowledgement(
        house=case.house,
        number=number,
        subject=subject,
        customer=customer,
        summary=summary(case.message.new_text or case.message.text),
        received=case.now.astimezone(case.policy.zone),
        audience=decision.audience,
        service=case.service(decision.service) if sure else None,
        type=decision.type if sure else None,
        unit=case.unit(decision.unit) if sure else None,
        target=case.target(decision) if sure else None,
        letter=decision.letter,
        eligible=decision.eligible,
        candidates=() if sure else choices(decision, services, case.desk.address.address, number, subject),
    )


def _forward(case: Case, decision: Decision, number: str, believed: bool) -> Mailing:
    """The card and the customer's words, to the owning unit or to triage."""
    book = case.policy.book
    customer = case.message.from_ or Address("", "")
    unit = case.unit(decision.unit)
    subject = case.message.subject or ""
    triage = decision.unit == "triage"
    context = Forward(
        house=case.house,
        number=number,
        subject=subject,
        customer=customer,
        author=customer,
        text=(case.message.new_text or case.message.text)[:TEXT_CHARS],
        links=links(case.desk.address.address, number, subject),
        unit=unit,
        audience=decision.audience,
        authenticated=believed,
        received=case.now.astimezone(case.policy.zone),
        service=case.service(decision.service),
        type=decision.type,
        priority=decision.priority,
        target=case.target(decision),
        letter=decision.letter,
        eligible=decision.eligible,
        why=why(decision),
        files=tuple(item.filename or item.content_type for item in case.message.attachments),
        notes=_notes(case, decision, believed),
        candidates=choices(decision, book.services, case.desk.address.address, number, subject) if triage else (),
        status="triage" if triage else "forwarded",
    )
    copies = (
        Address(book.units[one].name, book.units[one].address) if one in book.units else Address("", one)
        for one in decision.copy_to
    )
    return Mailing(
        kind="forward",
        template="forward.triage" if triage else "forward",
        context=context,
        to=(Address(unit.name, unit.address),),
        cc=tuple(copies),
        audience="unit",
        sender=f"{customer.name or customer.address} via {case.desk.address.name}",
        attachments=case.message.attachments,
        original=case.original,
        unit=decision.unit,
    )


def _notes(case: Case, decision: Decision, believed: bool) -> tuple[str, ...]:
    notes = list(decision.notes)
    if decision.audience == "internal" and not believed:
        notes.append("Pengirim memakai alamat internal, tetapi keasliannya tidak terbukti.")
    return (*notes, *size_note(case))


def size_note(case: Case) -> tuple[str, ...]:
    """What a card says of a message that was too large to be read."""
    if not case.oversize:
        return ()
    return (f"Pesan aslinya terlalu besar ({round(case.oversize / 2**20)} MB) dan tidak dibaca; hanya kepalanya.",)


def why(decision: Decision) -> str:
    """In one line, the words that decided."""
    strongest = sorted(decision.reasons, key=lambda reason: -reason.weight)[:3]
    words = dict.fromkeys(word for reason in strongest for word in reason.words)
    return ", ".join(list(words)[:6])
