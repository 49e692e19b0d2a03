"""The programs: command line, daemon, demo. Wires the other layers together."""
