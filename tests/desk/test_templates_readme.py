"""templates/README.md is the admin's manual: its examples run, and it names all that a template may use."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path

from jinja2.filters import FILTERS

from router.desk.contexts import CONTEXTS, Choice, CommandHelp, Context, Links, ServiceInfo, UnitInfo
from router.desk.letter import load, preview
from router.desk.sheet import LANGUAGES
from router.desk.templating import FRONT_KEYS, LAYOUTS, environment

SHIPPED = Path(__file__).parents[2] / "templates"
README = (SHIPPED / "README.md").read_text("utf-8")
EXAMPLE = re.compile(r"`((?:id|en)/[\w.-]+\.j2)`:\n\n```jinja\n(.*?)```", re.DOTALL)
COMMON = {item.name for item in fields(Context)}


def test_the_examples_load_and_render(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(SHIPPED, tmp_path / "templates"))
    examples = EXAMPLE.findall(README)
    for path, source in examples:
        (directory / path).write_text(source, "utf-8")
        (directory / path.replace("id/", "en/")).write_text(source, "utf-8")
        (directory / path.replace(".txt.", ".html.")).unlink(missing_ok=True)
        (directory / path.replace("id/", "en/").replace(".txt.", ".html.")).unlink(missing_ok=True)
    templates, problems = load(directory)
    assert problems == ()
    assert templates is not None
    assert [path for path, _ in examples] == ["id/acknowledgement.txt.j2", "id/acknowledgement.A.14.kendala.txt.j2"]
    assert "Kami usahakan menanggapinya dalam 2 jam kerja.\n\nHormat" in preview(templates, "acknowledgement").text
    assert "incognito" in preview(templates, "acknowledgement.A.14.kendala").text


def test_every_name_stands_with_all_that_it_is_told() -> None:
    rows = re.findall(r"^\| `([a-z.-]+)` \| [^|]+ \| ([^|]+) \|$", README, re.MULTILINE)
    told: dict[str, set[str]] = {}
    last: set[str] = set()
    for name, words in rows:
        last = set(re.findall(r"`(\w+)`", words)) if not words.startswith("sama") else last
        told[name] = last
    assert told == {name: {item.name for item in fields(kind)} - COMMON for name, kind in CONTEXTS.items()}


def test_the_parts_of_what_templates_are_told_are_complete() -> None:
    for word, kind in (("service", ServiceInfo), ("unit", UnitInfo), ("candidates` (diulang)", Choice), ("links", Links),
                       ("commands` (diulang)", CommandHelp)):  # fmt: skip
        (row,) = re.findall(rf"^\| `{re.escape(word)}`? \| (.*) \|$", README, re.MULTILINE) or [""]
        assert set(re.findall(r"`(\w+)`", row)) == {item.name for item in fields(kind)}


def test_filters_keys_and_layouts_are_all_named() -> None:
    ours = set(environment(LANGUAGES[0], lambda _: None).filters) - set(FILTERS)
    assert set(re.findall(r"\\\| (\w+)", README)) == ours
    for word in (*FRONT_KEYS, *LAYOUTS):
        assert f"`{word}`" in README
