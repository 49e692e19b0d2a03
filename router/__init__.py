"""HERO Router: the service behind the help-desk mailboxes of the Indonesian Ministry of Trade."""

__version__ = "0.1.0"
