"""Rule sets of the store as files again, and as rule books to decide by."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from router.rulebook.book import RuleBook, load
from router.rulebook.problem import Problem
from router.store.versions import RulesVersion


def write_out(version: RulesVersion, directory: Path) -> list[Path]:
    """Writes the set's files below a directory, which is made. Returns their paths. Raises OSError."""
    written = []
    for name, text in version.files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        written.append(path)
    return written


def book_of(version: RulesVersion) -> tuple[RuleBook | None, tuple[Problem, ...]]:
    """The set to decide by; or what this program, which may be a newer one, finds wrong with it."""
    with TemporaryDirectory(prefix="hero-rules-") as directory:
        write_out(version, Path(directory))
        return load(Path(directory), examples=False)
