"""`init` gives an admin everything to edit, and never writes over their work unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from router.app.config import load
from router.app.initdir import OccupiedError, init
from router.app.shipped import shipped


def files(directory: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(directory)): file.read_bytes() for file in sorted(directory.rglob("*")) if file.is_file()
    }


def test_all_that_is_shipped_is_copied(tmp_path: Path) -> None:
    written = init(tmp_path / "new/desk")
    assert {str(path) for path in written} == set(files(tmp_path / "new/desk"))
    assert files(tmp_path / "new/desk/rules") == files(shipped("rules"))
    assert files(tmp_path / "new/desk/templates") == files(shipped("templates"))


def test_the_copy_is_a_configuration_that_finds_its_own_rules(tmp_path: Path) -> None:
    init(tmp_path)
    settings, problems = load(tmp_path / "config.toml", secrets=False)
    assert problems == ()
    assert settings
    assert settings.service.rules_dir == tmp_path / "rules"


def test_nothing_is_touched_where_something_stands_already(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    with pytest.raises(OccupiedError, match=r"has config\.toml already; nothing was copied"):
        init(tmp_path)
    assert files(tmp_path) == {"config.toml": b"mine"}


def test_force_renews_the_shipped_and_keeps_what_the_admin_wrote(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / "rules/own.toml").write_text("mine")
    (tmp_path / "config.toml").write_text("mine")
    init(tmp_path, force=True)
    assert files(tmp_path)["rules/own.toml"] == b"mine"
    assert files(tmp_path)["config.toml~"] == b"mine"
    assert files(tmp_path)["config.toml"] == shipped("config.example.toml").read_bytes()


def test_the_configuration_is_not_for_everybody(tmp_path: Path) -> None:
    init(tmp_path)
    assert (tmp_path / "config.toml").stat().st_mode & 0o007 == 0


def test_the_copies_can_be_edited_even_where_the_installation_is_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed"
    init(installed)
    (installed / "config.toml").rename(installed / "config.example.toml")
    for path in (installed, *installed.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setattr("router.app.shipped._PACKAGE", installed / "router")
    init(tmp_path / "mine")
    assert all(path.stat().st_mode & 0o200 for path in (tmp_path / "mine").rglob("*"))
