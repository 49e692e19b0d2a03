"""`hero-router init DIR`: rules, templates and a configuration of the admin's own, copied from what was shipped."""

from __future__ import annotations

import os
from pathlib import Path

from router.app.shipped import Name, shipped

# What is copied, under which name it then stands in the directory.
PARTS: tuple[tuple[Name, str], ...] = (
    ("rules", "rules"),
    ("templates", "templates"),
    ("config.example.toml", "config.toml"),
)


class OccupiedError(Exception):
    """Something stands there already that would be written over; the text names it. Nothing was copied."""


def init(directory: Path, force: bool = False) -> tuple[Path, ...]:
    """Copies all of PARTS into the directory, or nothing; returns the files written, relative to it.

    With `force` every shipped file is written anew: one that differs is kept beside it under its name with "~", and what
    the admin added stays. The configuration may come to hold a password: its owner and group alone can read it.
    Raises OccupiedError, OSError.
    """
    present = [name for _, name in PARTS if os.path.lexists(directory / name)]
    if present and not force:
        raise OccupiedError(
            f"{directory} has {', '.join(present)} already; nothing was copied. "
            'Name another directory, or add --force: what differs is kept as "NAME~"'
        )
    written = []
    for part, name in PARTS:
        source = shipped(part)
        for file in sorted(source.rglob("*.*")) if source.is_dir() else (source,):
            if file.is_file() and file.suffix != ".pyc":
                written.append(Path(name, file.relative_to(source)))
                _copy(file, directory / written[-1])
    (directory / "config.toml").chmod(0o640)
    return tuple(written)


def _copy(source: Path, target: Path) -> None:
    """Contents alone, not permissions: what was installed read-only is the admin's to edit."""
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() != content:
        target.replace(target.with_name(target.name + "~"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
