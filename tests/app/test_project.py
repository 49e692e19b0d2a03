"""The project as a whole: its dependencies, its layers' promises, its wheel, its papers."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from typer.main import get_command

from router.app.cli import app

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(text) for text in PROJECT["dependency-groups"]["dev"]]
# Packages whose import is called otherwise than they are, and packages that come with one of ours and are part of it.
IMPORTED_AS = {"mail-parser": "mailparser", "google-re2": "re2", "flufl-bounce": "flufl"}
PART_OF = {
    "pydantic_core": "pydantic",
    "markupsafe": "jinja2",
    "pysasl": "pymap",
    "proxyprotocol": "pymap",
    "click": "typer",
}
# Where alone a library may be imported: its traps are known in one place.
HOME = {
    "imapclient": "router/wire",
    "aiosmtplib": "router/wire",
    "mailparser": "router/mail",
    "selectolax": "router/mail",
    "flufl": "router/mail",
    "toml_rs": "router/rulebook/source.py",
    "re2": "router/rulebook",
    "simplemma": "router/rulebook",
    "rapidfuzz": "router/rulebook",
    "jinja2": "router/desk",
    "sqlalchemy": "router/store",
    "alembic": "router/store",
    "apscheduler": "router/app",
    "watchfiles": "router/app",
    "typer": "router/app",
    "rich": "router/app",
    "pymap": "router/app",
    "aiosmtpd": "router/app",
}
# What a pure layer has no use for: the network, the clock, chance, the database, other programs.
IMPURE = {
    "socket",
    "ssl",
    "asyncio",
    "threading",
    "subprocess",
    "random",
    "secrets",
    "sqlalchemy",
    "imaplib",
    "smtplib",
    "requests",
}
CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the program by its path."""
    files = sorted((ROOT / "router").rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def imports() -> dict[str, set[str]]:
    """Each library that the program imports, with the modules that do."""
    found: dict[str, set[str]] = {}
    for path, tree in modules().items():
        for name in imported(tree):
            if name not in sys.stdlib_module_names and name != "router":
                found.setdefault(name, set()).add(path)
    return found


def test_what_is_imported_is_what_is_declared() -> None:
    declared = {IMPORTED_AS.get(name := canonicalize_name(one.name), name.replace("-", "_")) for one in RUNTIME}
    assert {PART_OF.get(name, name) for name in imports()} == declared


@pytest.mark.parametrize("library", HOME)
def test_a_library_has_one_home(library: str) -> None:
    assert [path for path in sorted(imports().get(library, set())) if not path.startswith(HOME[library])] == []


def test_deciding_is_pure() -> None:
    """No socket, clock, chance or database in mail, rulebook and desk: the same message gives the same Plan."""
    faults = []
    for path, tree in modules().items():
        if path.split("/")[1] in ("mail", "rulebook", "desk"):
            faults += [f"{path} imports {name}" for name in imported(tree) if name in IMPURE]
            faults += [f"{path}:{line} reads the clock" for line in clock_lines(tree)]
    assert faults == []


def clock_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in CLOCK:
            yield node.lineno


def listed(heading: str) -> set[str]:
    """The packages in the table below that heading of docs/dependencies.md, each with a licence and a reason."""
    text = (ROOT / "docs/dependencies.md").read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return {
        canonicalize_name(name)
        for name in re.findall(r"^\| ([A-Za-z][\w.-]+) \| [\w.-]+ \| \S[^|]+ \|$", text, re.M)
        if name != "package"
    }


def test_every_dependency_has_a_licence_and_a_reason() -> None:
    assert listed("To run") == {canonicalize_name(one.name) for one in RUNTIME}
    assert listed("To develop") == {canonicalize_name(one.name) for one in DEVELOPMENT}


@pytest.mark.parametrize(
    ("lock", "wanted"), [("requirements.lock", RUNTIME + DEVELOPMENT), ("deploy/requirements.lock", RUNTIME)]
)
def test_the_lock_is_whole_and_names_no_host(lock: str, wanted: list[Requirement]) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pins = re.findall(r"^([\w.-]+)==(\S+)[^\n]*\\\n    --hash=sha256:", text, re.M)
    assert len(pins) == len(re.findall(r"^[\w.-]+\s*[=@<>]", text, re.M))
    assert "://" not in text
    assert "--index" not in text
    locked = {canonicalize_name(name): version for name, version in pins}
    stale = [
        str(one)
        for one in wanted
        if not one.specifier.contains(locked.get(canonicalize_name(one.name), ""), prereleases=True)
    ]
    assert stale == [], "run `make lock`"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as `pip install .` makes it, unpacked as it would be installed."""
    directory = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(directory),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (wheel,) = directory.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory / "site")
    return directory / "site"


@pytest.mark.parametrize("part", ["rules", "templates", "config.example.toml"])
def test_an_installed_wheel_finds_what_was_shipped(part: str, installed: Path) -> None:
    program = f"from router.app.shipped import shipped; print(shipped({part!r}))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], env={"PYTHONPATH": str(installed)}, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(installed / "router/_data" / part), done.stderr
    shipped = {file.relative_to(ROOT) for file in (ROOT / part).rglob("*.*")} or {Path(part)}
    assert {file for file in shipped if not (installed / "router/_data" / file).exists()} == set()


def test_the_changelog_tells_of_this_version() -> None:
    assert f"\n## {PROJECT['project']['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_papers_name_files_that_are_there() -> None:
    for paper in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"(?:\]\(|src=\")([^)\"#:]+)[)\"]", paper.read_text("utf-8")):
            assert (paper.parent / link).exists(), f"{paper.name} names {link}"


def commands() -> set[str]:
    """Every command as it is typed behind `hero-router`, groups and what is in them."""
    found = set()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        found.add(name)
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", ())}
    return found


def test_the_readme_names_commands_that_there_are() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    groups = {name.split()[0] for name in commands() if " " in name}
    named = re.findall(r"hero-router ([a-z]+)(?![a-z-])(?: ([a-z]+))?", text) + re.findall(
        r"`([a-z]+) ([a-z]+)[^`\n]*`", text
    )
    typed = {
        f"{first} {second}" if first in groups and second else first
        for first, second in named
        if first not in ("make", "systemctl")
    }
    assert typed - commands() == set()


def test_ci_and_make_need_nothing_of_this_machine() -> None:
    for file in ("Makefile", ".ci/run", "tools/setup", "deploy/hero-router.service"):
        text = (ROOT / file).read_text("utf-8")
        assert not re.search(r"https?://|/home/|/root/|/tmp/", text), file
