"""`hero-router init DIR`: rules, templates and a configuration of the admin's own, copied from what was shipped."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from router.app.shipped import Name, shipped

# What is copied, under which name it then stands in the directory.
PARTS: tuple[tuple[Name, str], ...] = (
    ("rules", "rules"),
    ("templates", "templates"),
    ("config.example.toml", "config.toml"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """What `init` did: the names that it `copied`, and those that it found `present` already."""

    directory: Path
    copied: tuple[str, ...]
    present: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Nothing was copied: something that stands there already would have been written over."""
        return not self.copied


def init(directory: Path, force: bool = False) -> Made:
    """Copies all of PARTS into the directory, or nothing when one of them stands there already and `force` is not set.

    With `force` every shipped file is written anew: one that differs is kept beside it under its name with "~", and what
    the admin added stays. The configuration may come to hold a password: its owner and group alone can read it.
    Raises OSError.
    """
    present = tuple(name for _, name in PARTS if os.path.lexists(directory / name))
    if present and not force:
        return Made(directory, (), present)
    directory.mkdir(parents=True, exist_ok=True)
    for part, name in PARTS:
        source = shipped(part)
        for file in sorted(source.rglob("*.*")) if source.is_dir() else (source,):
            if file.is_file() and file.suffix != ".pyc":
                _copy(file, directory / name / file.relative_to(source))
    (directory / "config.toml").chmod(0o640)
    return Made(directory, tuple(name for _, name in PARTS), present)


def _copy(source: Path, target: Path) -> None:
    """Contents alone, not permissions: what was installed read-only is the admin's to edit."""
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() != content:
        target.replace(target.with_name(target.name + "~"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
