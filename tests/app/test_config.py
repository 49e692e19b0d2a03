"""config.toml: every fault at once with its whole text, secrets never shown, and an example that shows every key."""

from __future__ import annotations

import dataclasses
import os
import re
import tempfile
import tomllib
from pathlib import Path

import pytest
import toml_rs
from hypothesis import given
from hypothesis import strategies as st

from router.app.config import TABLES, keys, load
from router.app.secrets import SecretUnavailable, reveal
from router.app.settings import Imap, Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
FAULTS = sorted((ROOT / "tests/faults/config").glob("*.toml"))
NAMES = (
    "mailbox",
    "imap",
    "smtp",
    "service",
    "name",
    "address",
    "aliases",
    "host",
    "user",
    "password",
    "security",
    "ca_file",
)
GOOD = """
[[mailbox]]
name = "hero"
address = "hero@kemendag.go.id"
[mailbox.imap]
host = "mail.kemendag.go.id"
user = "hero"
{secret}

[smtp]
host = "localhost"
"""


@pytest.mark.parametrize("file", FAULTS, ids=lambda file: file.stem)
def test_each_faulty_file_is_told_all_its_faults(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written anew with RENEW_EXPECTED=1, and then read in review."""
    monkeypatch.chdir(file.parent)
    settings, problems = load(Path(file.name))
    told = "".join(f"{problem}\n" for problem in problems if problem.severity == "error")
    expected = file.with_suffix(".expected")
    if os.environ.get("RENEW_EXPECTED"):
        expected.write_text(told, "utf-8")
    assert settings is None
    assert told == expected.read_text("utf-8")


@pytest.mark.parametrize("file", FAULTS, ids=lambda file: file.stem)
def test_no_fault_tells_a_secret(file: Path) -> None:
    _, problems = load(file)
    assert problems
    assert not re.search("rahasia|12345", "".join(map(str, problems)))


KEYS = st.sampled_from(NAMES)
ATOMS = st.one_of(
    st.booleans(), st.just("hero"), st.just("s3cret"), st.integers(), st.dates(), st.just([]), st.just({})
)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_whatever_a_file_holds_its_faults_are_told(value: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "config.toml")
        file.write_text(toml_rs.dumps(value))
        settings, problems = load(file)
    assert settings or problems
    assert all(1 <= problem.line <= len(toml_rs.dumps(value).splitlines()) + 1 for problem in problems)


def loaded(tmp_path: Path, secret: str) -> Settings:
    (tmp_path / "config.toml").write_text(GOOD.format(secret=secret))
    (tmp_path / "config.toml").chmod(0o600)
    settings, problems = load(tmp_path / "config.toml")
    assert problems == ()
    assert settings
    return settings


@pytest.mark.parametrize(
    "secret",
    [
        'password = "s3cret"',
        'password_env = "T_SECRET"',
        'password_file = "pw"',
        'password_command = ["sed", "1q", "{}/pw"]',
    ],
)
def test_each_way_gives_the_secret_and_nothing_shows_it(
    secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T_SECRET", "s3cret")
    (tmp_path / "pw").write_text("s3cret\na comment\n")
    (tmp_path / "pw").chmod(0o600)
    settings = loaded(tmp_path, secret.format(tmp_path))
    assert reveal(settings.mailboxes[0].imap) == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {dataclasses.asdict(settings)}"


def test_a_secret_is_read_anew_at_each_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_SECRET", "old")
    imap = loaded(tmp_path, 'password_env = "T_SECRET"').mailboxes[0].imap
    monkeypatch.setenv("T_SECRET", "new")
    assert reveal(imap) == "new"
    monkeypatch.delenv("T_SECRET")
    with pytest.raises(SecretUnavailable, match="T_SECRET is not set"):
        reveal(imap)


def test_a_failing_command_is_named_without_its_words() -> None:
    imap = Imap(host="localhost", user="x", password_command=("sh", "-c", "echo s3cret >&2; exit 3"))
    with pytest.raises(SecretUnavailable) as fault:
        reveal(imap)
    assert str(fault.value) == "the command sh ended with exit code 3"


def test_who_only_reads_needs_no_secrets(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(GOOD.format(secret='password_env = "T_NOT_SET"'))
    assert load(tmp_path / "config.toml")[0] is None
    settings, problems = load(tmp_path / "config.toml", secrets=False)
    assert settings
    assert problems == ()


def test_a_password_that_everybody_may_read_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(GOOD.format(secret='password = "s3cret"'))
    file.chmod(0o644)
    settings, (warning,) = load(file)
    assert settings
    assert (warning.severity, warning.line) == ("warning", 8)
    assert str(warning).endswith("everybody on this machine may read config.toml; chmod 640 config.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = loaded(tmp_path, 'password = "x"')
    assert settings.service.rules_dir == tmp_path / "rules"
    assert settings.service.token_key == tmp_path / "var/token.key"
    assert settings.database.url == f"sqlite:///{tmp_path}/var/hero.db"


def test_plaintext_goes_anywhere_once_allowed(tmp_path: Path) -> None:
    settings = loaded(tmp_path, 'password = "x"\nsecurity = "plain"\nallow_plaintext = true')
    assert settings.mailboxes[0].imap.security == "plain"


def test_own_addresses_are_all_that_lead_here(tmp_path: Path) -> None:
    text = GOOD.format(secret='password = "x"').replace(
        "[mailbox.imap]", 'aliases = ["Bantuan@Kemendag.go.id"]\n[mailbox.imap]'
    )
    (tmp_path / "config.toml").write_text(text)
    settings, _ = load(tmp_path / "config.toml")
    assert settings
    assert settings.own_addresses == {"hero@kemendag.go.id", "bantuan@kemendag.go.id"}


def test_a_missing_file_is_a_problem() -> None:
    settings, (problem,) = load(Path("no-such-config.toml"))
    assert settings is None
    assert str(problem) == "no-such-config.toml: cannot be read: No such file or directory"


def test_builtin_has_the_ministrys_mailboxes_and_the_shipped_rules() -> None:
    settings = Settings.builtin()
    assert sorted(settings.own_addresses) == [
        "hero@kemendag.go.id",
        "layanandata.pdsi@kemendag.go.id",
        "orgpeg.pusdatin@kemendag.go.id",
        "ska@kemendag.go.id",
    ]
    assert settings.service.rules_dir.is_dir()
    assert settings.service.templates_dir.is_dir()


def test_the_example_is_a_good_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERO_IMAP_PASSWORD", "x")
    settings, problems = load(EXAMPLE)
    assert problems == ()
    assert settings
    assert [box.name for box in settings.mailboxes] == [box.name for box in Settings.builtin().mailboxes]


def example_tables() -> dict[tuple[str, ...], dict[str, tuple[str, str]]]:
    """Each table's keys as they stand in the example's text, commented out or not: (value and comment, "#" or "")."""
    found: dict[tuple[str, ...], dict[str, tuple[str, str]]] = {}
    table: tuple[str, ...] = ()
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if header := re.match(r"\[{1,2}([a-z.]+)\]", line):
            table = tuple(header[1].split("."))
        elif key := re.match(r"(#?) ?([a-z_0-9]+) = (.*)", line):
            found.setdefault(table, {}).setdefault(key[2], (key[3], key[1]))
    return found


@pytest.mark.parametrize("table", TABLES, ids=".".join)
def test_the_example_shows_every_key_with_its_default(table: tuple[str, ...]) -> None:
    shown = example_tables()[table]
    assert sorted(shown) == sorted(key for key in keys(table) if key != "imap")
    for field in dataclasses.fields(TABLES[table]):
        text, commented = shown.get(field.name, ("", "#"))
        if commented or "required" in text or field.name == "password_env" or field.default is dataclasses.MISSING:
            continue
        value = tomllib.loads(f"x = {text}")["x"]
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        assert value == (str(default) if isinstance(default, Path) else default), field.name


def test_every_key_of_the_example_is_explained() -> None:
    """Where a key stands for the first time."""
    explained = {key for keys in example_tables().values() for key, (text, _) in keys.items() if "# " in text}
    assert {key for keys in example_tables().values() for key in keys} - explained == {"port"}
