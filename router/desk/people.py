"""Who is writing, and may they be believed (conversation.md, section 1).

A From field proves nothing: an agent is obeyed only when our own mail host authenticated the mail.
"""

from __future__ import annotations

from collections.abc import Iterable

from router.desk.facts import Author
from router.desk.policy import Policy
from router.desk.ticket import TicketView
from router.mail.authres import authentication
from router.mail.message import Address, Message
from router.rulebook.decision import Audience
from router.rulebook.units import Unit


def audience_of(address: Address, internal_domains: Iterable[str]) -> Audience:
    """Internal: the domain is one of the ministry's or below one (classification guide, section 3)."""
    inside = any(address.domain == domain or address.domain.endswith("." + domain) for domain in internal_domains)
    return "internal" if inside else "external"


def is_believed(message: Message, policy: Policy) -> tuple[bool, str]:
    """Is the From field to be believed, and why (RFC 8601 result of our own host, or a closed house net)."""
    if not policy.require_authentication:
        return True, "authentication is not required"
    result = authentication(message, policy.authserv_id)
    return result.passed, result.reason


def is_agent_of(unit: Unit, address: str) -> bool:
    """Is this addr-spec (lower case) listed for the unit, by name or by a pattern such as ``*@pdsi.kemendag.go.id``?
    The unit's own address counts: some answer from the shared mailbox."""
    return address == unit.address.lower() or unit.has_agent(address)


def who_wrote(message: Message, ticket: TicketView, policy: Policy) -> Author:
    """The author's role towards this ticket. The customer of a ticket stays its customer even if they are an agent too."""
    address = message.from_ or Address("", "")
    believed, why = is_believed(message, policy)
    if address.key in policy.own:
        return Author(address, "own", believed, "one of our own addresses")
    if address.key == ticket.customer.key:
        return Author(address, "customer", believed, "the ticket's customer")
    staff = _as_staff(address, ticket, policy, believed, why)
    if staff:
        return staff
    if any(address.key == participant.key for participant in ticket.participants):
        return Author(address, "customer", believed, "a participant of the ticket")
    return Author(address, "third_party", believed, "neither the customer, a participant nor an agent of the ticket")


def _as_staff(address: Address, ticket: TicketView, policy: Policy, believed: bool, why: str) -> Author | None:
    units = policy.book.units
    for key, unit in units.items():
        if unit.has_supervisor(address.key):
            return Author(address, "supervisor", believed, why, key)
    open_to_all = (
        units if ticket.unit == "triage" else ()
    )  # in triage any unit may take it (conversation.md, section 1)
    for key in dict.fromkeys((ticket.unit, *ticket.units, *open_to_all)):
        if (unit_or_none := units.get(key)) and is_agent_of(unit_or_none, address.key):
            return Author(address, "agent", believed, why, key)
    return None


def is_staff(address: str, policy: Policy) -> bool:
    """Is this addr-spec a unit's, an agent's or a supervisor's, by name or by pattern? Such addresses are no customer's
    business, and their owners take no part in a ticket as customers do."""
    key = address.lower()
    return any(is_agent_of(unit, key) or unit.has_supervisor(key) for unit in policy.book.units.values())
