"""Letters: shipped templates hold, the most specific wins, faults have a place, and nothing of a stranger's is markup."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from router.desk.card import MARKER, choices, links, mailto
from router.desk.contexts import CONTEXTS, Acknowledgement, Forward, House, ServiceInfo
from router.desk.letter import Templates, acknowledgement, load, preview, variants
from router.desk.samples import samples
from router.desk.templating import paragraphs
from router.mail.message import Address
from router.rulebook.decision import Candidate, Decision

SHIPPED = Path(__file__).parents[2] / "templates"
SKA = ServiceInfo("A.14", "E-SKA", "Aplikasi")
DECISION = Decision(
    service="A.14", type="kendala", stated_type=None, audience="external", eligible=True, letter="not-required",
    priority="normal", unit="pdsi", confidence="sure", score=0.9, alternatives=(Candidate("D.01", 0.2),), reasons=(),
    rules_version="",
)  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Templates:
    templates, problems = load(SHIPPED)
    assert problems == ()
    assert templates is not None
    return templates


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "templates"))


def sheet(directory: Path, name: str, body: str, subject: str = "{{ subject }}", language: str = "id") -> Path:
    path = directory / language / f"{name}.txt.j2"
    path.write_text(f"---\nsubject: {subject}\n---\n{body}\n", "utf-8")
    return path


def letter(directory: Path, service: str = "A.14", type_: str = "kendala", language: str = "id") -> tuple[str, str]:
    templates, problems = load(directory)
    assert templates, problems
    context = samples("acknowledgement")[0].mapping()
    made = templates.render("acknowledgement", variants(service, type_), language, context)
    return made.template, made.text


def test_the_most_specific_template_wins(copy: Path) -> None:
    steps = ("acknowledgement", "acknowledgement.kendala", "acknowledgement.A.14", "acknowledgement.A.14.kendala")
    for name in steps:
        if name != "acknowledgement":
            sheet(copy, name, name)
        assert letter(copy)[0] == name
    assert letter(copy, service="A.13")[0] == "acknowledgement.kendala"
    assert letter(copy, type_="permohonan")[0] == "acknowledgement.A.14"
    assert letter(copy, language="en")[0] == "acknowledgement"


def test_a_variant_in_one_language_is_a_warning(copy: Path) -> None:
    path = sheet(copy, "acknowledgement.A.14", "x")
    templates, problems = load(copy)
    assert templates is not None
    (warning,) = problems
    assert str(warning) == f'{path}: exists in "id" only; readers of "en" get acknowledgement'
    assert warning.severity == "warning"


def test_a_variant_for_no_service_of_the_catalog_is_found(copy: Path) -> None:
    path = sheet(copy, "acknowledgement.Z.99", "x")
    templates, _ = load(copy)
    assert templates is not None
    assert [str(p) for p in templates.foreign({"A.14"})] == [
        f'{path}:1:1: no service "Z.99" is in the catalog; the file\'s name holds its code'
    ]


FAULTS = {
    "{{ nomor }}": ':4:1: unknown variable "nomor"; known are audience, candidates, customer, eligible, house, letter, '
    "number, received, service, subject, summary, target, type, unit",
    "a\n\n{{ numbr }}": ':6:1: unknown variable "numbr"; did you mean "number"?',
    "{{ service.nmae }}": ':4:1: unknown variable "service.nmae"; did you mean "name"?',
    "{% if number %}": ":4:1: Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or "
    "'endif'. The innermost block that needs to be closed is 'if'.",
    "a\n{{ number | besar }}": ":5:1: No filter named 'besar'.",
    "{{ number }": ":4:1: unexpected '}'",
    "{{ target | span }}": ":4:1: fails with sample data: 'NoneType' object has no attribute 'unit'; a value that may be "
    "missing needs {% if %}",
    "{% for one in candidates %}\n{{ one.kode }}\n{% endfor %}{{ unit.name }}": ":6:1: fails with sample data: 'None' has "
    "no attribute 'name'; a value that may be missing needs {% if %}",
    "{{ customer.__class__.__mro__ }}": ':4:1: unknown variable "customer.__class__"; known are address, name',
    "{{ house.name.__class__ }}": ":4:1: fails with sample data: access to attribute '__class__' of 'str' object is unsafe.",
    "{{ 7 // 0 }}": ":4:1: fails with sample data: integer division or modulo by zero",
    "{% include '../../config.toml' %}": ':4:1: no template file "../../config.toml"; name it from the templates directory on',
}


@pytest.mark.parametrize(("body", "expected"), FAULTS.items())
def test_a_fault_has_its_place_and_a_hint(copy: Path, body: str, expected: str) -> None:
    path = sheet(copy, "acknowledgement", body)
    templates, problems = load(copy)
    assert templates is None
    assert [str(problem).removeprefix(str(path)) for problem in problems] == [expected]


FRONTS = {
    "Halo": ':1:1: the front block is missing; the first line must be "---"; it holds the subject, as README.md shows',
    "---\nsubject: x": ':1:1: the front block has no end; a line "---" must close it; it holds the subject, as README.md '
    "shows",
    "---\nabout: x\n---\n": ":1:1: the front block has no subject",
    "---\nsubject: {{ subjek }}\n---\n": ':2:1: subject: unknown variable "subjek"; did you mean "subject"?',
    "---\nsubject: x\nlayuot: agent\n---\n": ':3:1: unknown key "layuot"; did you mean "layout"?',
    "---\nsubject: x\nlayout: besar\n---\n": ':3:1: unknown layout "besar"; use one of customer, agent, letter',
    "---\nperihal\n---\n": ':2:1: "perihal" is no "key: value"; it holds the subject, as README.md shows',
}


@pytest.mark.parametrize(("source", "expected"), FRONTS.items())
def test_a_fault_of_the_front_block_has_its_place(copy: Path, source: str, expected: str) -> None:
    path = copy / "id" / "relay.txt.j2"
    path.write_text(source, "utf-8")
    templates, problems = load(copy)
    assert templates is None
    assert [str(problem).removeprefix(str(path)) for problem in problems] == [expected]


def test_faults_of_shared_files_have_their_place_and_come_once(copy: Path) -> None:
    (copy / "layout.txt.j2").write_text("{{ bodies | join }}\n{{ hose.name }}", "utf-8")
    parts = (copy / "parts.html.j2").read_text("utf-8")
    (copy / "parts.html.j2").write_text(parts + "{% macro x( %}", "utf-8")
    templates, problems = load(copy)
    assert templates is None
    assert [str(problem).removeprefix(str(copy)) for problem in problems] == [
        '/layout.txt.j2:2:1: unknown variable "hose"; did you mean "house"?',
        f"/parts.html.j2:{parts.count(chr(10)) + 1}:1: expected token 'name', got '%'",
    ]


def test_all_faults_of_all_files_come_at_once(copy: Path) -> None:
    (copy / "en" / "relay.txt.j2").unlink()
    (copy / "en" / "relay.html.j2").unlink()
    (copy / "layout.html.j2").unlink()
    (copy / "id" / "forward.html.j2").write_text("{{ priorty }}", "utf-8")
    sheet(copy, "acknowledgment.A.14", "x")
    (copy / "id" / "forward.triage.txt.j2").write_bytes(b"---\nsubject: \xff\n---\n")
    templates, problems = load(copy)
    assert templates is None
    found = {Path(p.path).relative_to(copy).as_posix(): f"{p.message}; {p.hint}".strip("; ") for p in problems}
    assert {name: text.partition(": ")[0] for name, text in found.items()} == {
        "en/relay.txt.j2": "this template is missing",
        "layout.html.j2": "the shared layout is missing",
        "id/forward.html.j2": 'unknown variable "priorty"; did you mean "priority"?',
        "id/acknowledgment.A.14.txt.j2": 'no mail is called "acknowledgment.A.14"; did you mean "acknowledgement"?',
        "id/forward.triage.txt.j2": "cannot be read",
        "id/forward.triage.html.j2": "the text to this HTML is missing; id/forward.triage.txt.j2 must exist",
    }


def test_a_missing_directory_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    templates, problems = load(tmp_path / "none")
    assert templates is None
    assert len(problems) == 2 * len(CONTEXTS) + 2


def test_both_languages_stand_one_above_the_other(shipped: Templates) -> None:
    made = shipped.render("acknowledgement", (), "both", samples("acknowledgement")[0].mapping())
    assert made.text.index("Yth. Bapak/Ibu") < made.text.index("--- English ---") < made.text.index("Dear Ratna")
    assert made.html is not None
    assert made.html.index("Yth. Bapak/Ibu") < made.html.index("Dear Ratna")
    assert made.html.count("<!doctype html>") == 1


def test_an_agents_words_are_said_once_in_any_language(shipped: Templates) -> None:
    for language in ("id", "en", "both"):
        made = shipped.render("relay", (), language, samples("relay")[0].mapping())
        assert made.text.count("Sistem e-SKA sudah pulih") == 1
        assert "rina@" not in made.text + str(made.html)


def test_a_template_that_fails_is_replaced_by_a_plain_letter(copy: Path) -> None:
    sheet(copy, "acknowledgement", "{% if summary == 'x' %}{{ 1 // 0 }}{% endif %}")
    templates, _ = load(copy)
    assert templates is not None
    context = replace(samples("acknowledgement")[0], summary="x").mapping()  # type: ignore[call-arg]
    made = templates.render("acknowledgement", (), "id", context)
    assert made.problem == "template acknowledgement (id): ZeroDivisionError: integer division or modulo by zero"
    assert "HERO-2026-000123" in made.text
    assert "telah kami terima" in made.text
    assert made.subject == "Sistem e-SKA tidak dapat dibuka sejak pagi"


@pytest.mark.parametrize("language", ["id", "en", "both"])
def test_the_plain_letter_keeps_what_people_wrote(shipped: Templates, language: str) -> None:
    relay = shipped.render(
        "relay", (), language, {"text": "Sudah pulih.", "signature": "PDSI", "number": "HERO-2026-000001"}
    )
    forward = shipped.render("forward", (), language, {"text": "Tolong!", "number": "HERO-2026-000001"})
    unknown = shipped.render("tidak.ada", (), language, {"subject": "Perihal"})
    assert (relay.text, relay.html) == ("Sudah pulih.\n\nPDSI\n", None)
    assert "Tolong!" in forward.text
    assert "HERO-2026-000001" in forward.text
    assert all(made.problem for made in (relay, forward, unknown))
    assert unknown.problem == f"template tidak.ada ({language}): KeyError: 'tidak.ada'"


def hostile(name: str) -> list[dict[str, object]]:
    bad = '"><script>alert(1)</script><img src=x onerror=y>&'
    made = []
    for sample in samples(name):
        context = sample.mapping()
        for key, value in context.items():
            if isinstance(value, str) and key not in ("type", "priority", "letter", "status", "audience"):
                context[key] = bad + (value or "")
            elif isinstance(value, Address):
                context[key] = Address(bad, value.address + bad)
            elif isinstance(value, tuple) and value and isinstance(value[0], str):
                context[key] = (bad, *value)
        made.append(context)
    return made


class Page(HTMLParser):
    """What a mail program would find: tags, attributes, the text that it shows, style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.shown: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


TAGS = {"html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "p", "br", "span", "a", "strong", "ul",
        "ol", "li", "blockquote"}  # fmt: skip
NAMES = {"lang", "charset", "name", "content", "class", "style", "role", "width", "cellpadding", "cellspacing", "border",
         "align", "href"}  # fmt: skip


@pytest.mark.parametrize("name", CONTEXTS)
def test_nothing_that_a_stranger_wrote_becomes_markup(shipped: Templates, name: str) -> None:
    for language in ("id", "en", "both"):
        for context in hostile(name):
            made = shipped.render(name, (), language, context)
            assert (made.problem, bool(made.html)) == (None, True)
            page = Page(str(made.html))
            assert page.tags <= TAGS
            assert {attribute for attribute, _ in page.attributes} <= NAMES
            assert {urlsplit(value).scheme for attribute, value in page.attributes if attribute == "href"} <= {"mailto"}


@pytest.mark.parametrize("name", CONTEXTS)
def test_a_letter_asks_for_nothing_from_outside(shipped: Templates, name: str) -> None:
    for language in ("id", "en"):
        page = Page(str(shipped.render(name, (), language, samples(name)[0].mapping()).html))
        styles = [value for attribute, value in page.attributes if attribute == "style"]
        assert not re.search(r"url\(|@import|@font-face|https?:", "".join(styles + page.shown))
        assert not re.search(r"</?(?:p|td|tr|table|div|a)\b|&(?:lt|gt|amp|#34);", "".join(page.shown))


def test_web_addresses_in_a_customers_words_become_links_and_nothing_else() -> None:
    html = str(
        paragraphs(
            'Lihat https://kemendag.go.id/a?b=1&c=<x>, "https://x.id/".\njavascript:alert(1) mailto:hero@k.id?body=%23tolak'
        )
    )
    assert re.findall(r'href="([^"]*)"', html) == ["https://kemendag.go.id/a?b=1&amp;c=", "https://x.id/"]
    assert "&lt;x&gt;" in html
    assert paragraphs("- satu\n- dua") == paragraphs("* satu\n* dua")
    assert str(paragraphs("1. satu\n2. dua")).startswith("<ol")
    assert str(paragraphs("> kutipan\n> lagi")).count("<blockquote") == 1


def test_a_very_long_text_is_kept_whole_without_growing_many_times() -> None:
    text = "- a\n" * 300_000
    html = str(paragraphs(text))
    assert html.count("- a") + html.count(">a</li>") == 300_000
    assert len(html) < 4 * len(text)


def test_links_open_a_filled_in_answer() -> None:
    made = links("hero@kemendag.go.id", "HERO-2026-000123", "50% & \r\nBcc: x?=#ü")
    for link, body in ((made.take, "#ambil\r\n"), (made.move, "#alih "), (made.reject, "#tolak\r\n\r\n")):
        parts = urlsplit(link)
        fields = parse_qs(parts.query, strict_parsing=True)
        assert (parts.scheme, parts.path) == ("mailto", "hero@kemendag.go.id")
        assert fields == {"subject": ["[HERO-2026-000123] 50% & Bcc: x?=#ü"], "body": [body]}
    assert unquote(mailto("a+b@c.id", "", "x")) == "mailto:a+b@c.id?subject=&body=x"
    assert mailto("a+b@c.id", "s", "1\n") == "mailto:a%2Bb@c.id?subject=s&body=1%0D%0A"


def test_choices_are_the_best_three_known_candidates() -> None:
    services = {code: ServiceInfo(code, f"Layanan {code}", "Aplikasi") for code in ("A.14", "D.01", "B.03", "B.06")}
    others = tuple(Candidate(code, score) for code, score in (("A.14", 0.4), ("X.01", 0.3), ("D.01", 0.2), ("B.03", 0.1),
                                                              ("B.06", 0.05)))  # fmt: skip
    made = choices(replace(DECISION, score=0.48, alternatives=others), services, "h@k.id", "HERO-2026-000001", "")
    assert [(c.number, c.code, c.percent) for c in made] == [(1, "A.14", 48), (2, "D.01", 20), (3, "B.03", 10)]
    assert [parse_qs(urlsplit(c.move).query)["body"] for c in made][1] == ["#alih D.01\r\n"]
    assert [parse_qs(urlsplit(c.answer).query)["body"] for c in made][1] == ["2\r\n"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "acknowledgement"),
        ({"letter": "missing"}, "acknowledgement.letter"),
        ({"letter": "missing", "eligible": False}, "acknowledgement.ineligible"),
        ({"confidence": "unsure", "eligible": False}, "acknowledgement.unsure"),
        ({"service": None}, "acknowledgement.unsure"),
    ],
)
def test_the_decision_says_which_acknowledgement(change: dict[str, object], name: str) -> None:
    assert acknowledgement(replace(DECISION, **change)) == name  # type: ignore[arg-type]


def test_an_unsure_acknowledgement_claims_no_service(shipped: Templates) -> None:
    sample = samples("acknowledgement.unsure")[0]
    assert isinstance(sample, Acknowledgement)
    made = shipped.render("acknowledgement.unsure", (), "id", sample.mapping())
    assert "Layanan:" not in made.text
    assert [f"{c.number}. {c.name}" in made.text for c in sample.candidates] == [True] * 3


def test_agents_get_the_marker_first_and_customers_never(shipped: Templates) -> None:
    for name in CONTEXTS:
        made = shipped.render(name, (), "id", samples(name)[0].mapping())
        to_agents = name.startswith(("forward", "notice.agent", "notice.unit", "notice.operator"))
        assert made.text.startswith("\n".join(MARKER)) == to_agents
        assert (MARKER[0] in str(made.html)) == to_agents


def test_the_list_says_what_is_for_what(shipped: Templates) -> None:
    listed = {item.name: item for item in shipped.list()}
    assert set(listed) == set(CONTEXTS)
    assert listed["forward.triage"].languages == ("id", "en")
    assert (listed["relay"].html, listed["notice.agent.help"].html) == (True, False)
    assert all(item.about for item in listed.values())


def test_preview_shows_every_name_for_a_service_and_type(shipped: Templates) -> None:
    for name in CONTEXTS:
        assert preview(shipped, name).problem is None
    made = preview(shipped, "acknowledgement", ServiceInfo("B.12", "Email", "Layanan Data"), "permohonan", "en")
    assert "Service: Email (Layanan Data)" in made.text
    assert "Type: Request" in made.text
    with pytest.raises(KeyError):
        preview(shipped, "tidak.ada")


def test_preview_of_a_variant_shows_that_variant(copy: Path) -> None:
    sheet(copy, "acknowledgement.A.14", "khusus {{ service.code }}")
    templates, _ = load(copy)
    assert templates is not None
    assert preview(templates, "acknowledgement.A.14", SKA).text == "khusus A.14\n"


def test_a_line_with_words_keeps_its_end_and_one_with_tags_leaves_none(copy: Path) -> None:
    sheet(copy, "acknowledgement", "a{% if number %} b{% endif %}\nc\n{% if number %}\nd\n{% endif %}\ne")
    assert letter(copy)[1] == "a b\nc\nd\ne\n"


def test_rendering_is_quick(shipped: Templates) -> None:
    for name in ("acknowledgement", "forward"):
        context = samples(name)[0].mapping()
        times = []
        for _ in range(100):
            start = time.perf_counter()
            shipped.render(name, variants("A.14", "kendala"), "id", context)
            times.append(time.perf_counter() - start)
        assert min(times) * 1000 <= 0.25


def test_letters_name_the_organisation_once() -> None:
    names = ("HERO Kementerian Perdagangan", "HERO", "HERO – Kementerian Perdagangan", "Kementerian Perdagangan", "")
    houses = [House.of(Address(name, "hero@kemendag.go.id"), "Kementerian Perdagangan") for name in names]
    assert [house.name for house in houses] == ["HERO", "HERO", "HERO", "Kementerian Perdagangan", "hero"]


def test_samples_cover_what_may_be_missing() -> None:
    for name in CONTEXTS:
        for sample in samples(name):
            assert isinstance(sample, CONTEXTS[name])
    full, _, bare = samples("forward")
    assert isinstance(full, Forward)
    assert isinstance(bare, Forward)
    assert (full.service, bare.service) == (replace(SKA, contact="ska@kemendag.go.id"), None)
