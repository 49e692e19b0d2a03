"""Real servers for tests: Dovecot on loopback, and an SMTP receiver that can be told to misbehave."""
