"""``python -m router`` is ``hero-router``."""

from router.app.cli import main

if __name__ == "__main__":
    main()
