"""What mail is: parsing, text, screening, tokens, composing. Pure: no I/O, no clock, no randomness."""
