"""What a help desk does: people, correlation, Plan, letters. Pure: no I/O, no clock, no randomness."""
