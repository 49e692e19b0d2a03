"""Where the files are that come with the program: the ministry's rules, the templates, the example configuration.

In a wheel they lie inside the package (pyproject.toml puts them there); in a checkout, and so in an editable
installation, at the top.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Name = Literal["rules", "templates", "config.example.toml"]

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: Name) -> Path:
    """The directory or file of that name as it was shipped; to be read, never written.

    Raises FileNotFoundError when the installation is not whole.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"{name} is missing from this installation of hero-router; install it again")
