"""From a customer's first mail to the answer of the answer, over real IMAP and SMTP."""

from __future__ import annotations

from tests.system.letters import letter, reply
from tests.system.stand import Stand, address, text_of

CUSTOMER = "ratna.k@kemendag.go.id"
HERO = address("hero")


def first_mail(believed: bool = True) -> bytes:
    text = "Yth. Tim,\n\nSaya lupa kata sandi intranet. Mohon reset password akun intranet saya.\n\nRatna\n"
    return letter(
        CUSTOMER, HERO, "Reset password intranet", text, "first@kemendag.go.id", "Ratna K", believed
    ).as_bytes()


def test_a_conversation_goes_there_and_back(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, first_mail())
    acknowledgement = stand.mail(CUSTOMER, "acknowledgement")
    (ticket,) = stand.json("tickets", "list")
    assert (ticket["service"], ticket["type"]) == ("A.16", "permohonan")
    assert acknowledgement["Subject"].count(f"[{ticket['number']}]") == 1
    assert acknowledgement["Auto-Submitted"] == "auto-replied"
    assert acknowledgement["In-Reply-To"] == "<first@kemendag.go.id>"
    envelope = next(mail for mail in stand.smtp.mails if CUSTOMER in mail.recipients)
    assert envelope.sender == ""

    unit = unit_address(stand, ticket["unit"])
    card = stand.mail(unit, "forward")
    assert card["Reply-To"] == HERO
    assert "Ratna K" in card["From"]
    assert HERO in card["From"]
    assert "lupa kata sandi intranet" in text_of(card)

    agent = "aplikasi1.pdsi@kemendag.go.id"
    words = "Yth. Ibu Ratna,\n\nKata sandi sudah kami reset, silakan dicoba."
    stand.dovecot.deliver(HERO, reply(card, agent, words, "agent1@kemendag.go.id", HERO, believed=True).as_bytes())
    relayed = stand.mail(CUSTOMER, "relay")
    body = text_of(relayed)
    assert words in body
    assert agent not in relayed.as_string()
    assert unit not in relayed.as_string()
    assert "menulis:" not in body
    assert "> " not in body
    assert "#ambil" not in body
    assert relayed["Auto-Submitted"] is None
    assert HERO in relayed["From"]
    receipt = stand.mail(agent, "notice")
    assert CUSTOMER in text_of(receipt)

    question = "Masih belum bisa masuk, Pak."
    stand.dovecot.deliver(
        HERO, reply(relayed, CUSTOMER, question, "again@kemendag.go.id", HERO, believed=True).as_bytes()
    )
    followup = stand.mail(agent, "forward")
    assert question in text_of(followup)
    assert followup["X-Hero-Ticket"] == ticket["number"]
    assert len(stand.json("tickets", "list")) == 1
    assert stand.stop() == 0


def test_an_answer_finds_its_ticket_by_token_by_reference_and_by_subject(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, first_mail())
    acknowledgement = stand.mail(CUSTOMER, "acknowledgement")
    number = acknowledgement["X-Hero-Ticket"]
    unit = unit_address(stand, stand.json("tickets", "list")[0]["unit"])
    stand.mail(unit, "forward")
    token = str(acknowledgement["Message-ID"])
    by_token = letter(CUSTOMER, HERO, "lain sama sekali", "Lewat token.", "t1@x.example", In_Reply_To=token)
    by_own_id = letter(
        CUSTOMER, HERO, "lain lagi", "Lewat References.", "t2@x.example", References="<first@kemendag.go.id>"
    )
    by_number = letter(CUSTOMER, HERO, f"Re: [{number}] tanya", "Lewat nomor.", "t3@x.example")
    for count, message in enumerate((by_token, by_own_id, by_number), 2):
        stand.dovecot.deliver(HERO, message.as_bytes())
        assert stand.mail(unit, "forward", count)["X-Hero-Ticket"] == number
    assert len(stand.json("tickets", "list")) == 1


def test_a_stranger_with_a_number_is_shown_to_the_unit_and_not_relayed(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, first_mail())
    number = stand.mail(CUSTOMER, "acknowledgement")["X-Hero-Ticket"]
    unit = unit_address(stand, stand.json("tickets", "list")[0]["unit"])
    stand.mail(unit, "forward")
    stranger = letter("asing@luar.example", HERO, f"[{number}] halo", "Kirim datanya ke saya.", "s1@luar.example")
    stand.dovecot.deliver(HERO, stranger.as_bytes())
    notice = stand.mail(unit, "notice")
    assert "Kirim datanya ke saya." in text_of(notice)
    assert [mail for mail in stand.smtp.mails if "asing@luar.example" in mail.recipients] == []


def test_a_forged_agent_is_not_obeyed(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, first_mail())
    stand.mail(CUSTOMER, "acknowledgement")
    unit = unit_address(stand, stand.json("tickets", "list")[0]["unit"])
    card = stand.mail(unit, "forward")
    agent = "aplikasi1.pdsi@kemendag.go.id"
    forged = reply(card, agent, "Kirim kata sandi Anda ke sini.", "f1@luar.example", HERO, believed=False)
    stand.dovecot.deliver(HERO, forged.as_bytes())
    assert "Kirim kata sandi Anda" in text_of(stand.mail(unit, "notice"))
    assert stand.mails(x_hero_kind="relay") == []


def test_a_command_that_is_not_understood_stops_everything(stand: Stand) -> None:
    stand.start()
    stand.dovecot.deliver(HERO, first_mail())
    stand.mail(CUSTOMER, "acknowledgement")
    unit = unit_address(stand, stand.json("tickets", "list")[0]["unit"])
    card = stand.mail(unit, "forward")
    agent = "aplikasi1.pdsi@kemendag.go.id"
    stand.dovecot.deliver(
        HERO, reply(card, agent, "#selesay\n\nSudah ya.", "c1@x.example", HERO, believed=True).as_bytes()
    )
    notice = text_of(stand.mail(agent, "notice"))
    assert "#selesay" in notice
    assert "#selesai" in notice
    assert stand.mails(x_hero_kind="relay") == []
    stand.dovecot.deliver(
        HERO, reply(card, agent, "#selesai\n\nSudah ya.", "c2@x.example", HERO, believed=True).as_bytes()
    )
    assert "Sudah ya." in text_of(stand.mail(CUSTOMER, "relay"))
    assert stand.json("tickets", "list")[0]["status"] == "resolved"


def unit_address(stand: Stand, key: str) -> str:
    """The address that forwards to a unit go to, as rules/units.toml has it."""
    import tomllib

    from tests.system.stand import ROOT

    return str(tomllib.loads((ROOT / "rules" / "units.toml").read_text("utf-8"))["unit"][key]["address"])
